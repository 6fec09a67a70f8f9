'use strict';
const { randomBytes, scryptSync, timingSafeEqual } = require('node:crypto');

/** A user table with numbers for ids, names to sign in by, and no addresses. */
module.exports = function createUsers() {
  const users = [];
  const hash = (secret, salt) => scryptSync(secret, salt, 32, { N: 1024 });

  function add(username, secret) {
    const salt = randomBytes(16);
    const user = { id: users.length + 1, username, salt, hash: hash(secret, salt) };
    users.push(user);
    return user;
  }
  const find = (id) => users.find((user) => user.id === Number(id));

  function verify(username, secret, done) {
    const user = users.find((candidate) => candidate.username === username);
    const right = user !== undefined && timingSafeEqual(hash(secret, user.salt), user.hash);
    done(null, right ? user : false, right ? undefined : { message: 'Wrong name or word.' });
  }
  return { add, find, verify };
};
