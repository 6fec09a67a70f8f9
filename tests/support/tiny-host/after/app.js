'use strict';
const path = require('node:path');
const { csrfSync } = require('csrf-sync');
const express = require('express4');
const session = require('express-session');
const { Passport } = require('passport');
const { createMfa, memoryStores } = require('express-mfa');
const createUsers = require('../users');

module.exports = function createApp() {
  const users = createUsers();
  users.add('ada', 'difference engine');
  const fields = { usernameField: 'login', passwordField: 'secret' };
  const { csrfSynchronisedProtection, generateToken } = csrfSync({
    getTokenFromRequest: (req) => req.body.xsrf,
  });

  const mfa = createMfa({
    issuer: 'Tiny notes',
    baseUrl: process.env.BASE_URL,
    keys: [process.env.MFA_KEY],
    ...memoryStores(),
    users: { findById: users.find },
    csrf: { token: (req) => generateToken(req), field: 'xsrf' },
    defaultPolicy: { enabled: true, enrollment: 'required' },
    loginPath: '/signin',
  });
  const passport = new Passport();
  passport.use(mfa.strategy(users.verify, fields));
  passport.serializeUser((user, done) => done(null, user.id));
  passport.deserializeUser((id, done) => done(null, users.find(id) ?? false));

  const app = express();
  app.set('view engine', 'ejs').set('views', path.join(__dirname, '../views'));
  app.use(express.urlencoded({ extended: true }));
  app.use(session({ secret: 'a walk in the woods', resave: false, saveUninitialized: false }));
  app.use(passport.initialize(), passport.session());
  app.use(csrfSynchronisedProtection);
  app.use('/mfa', mfa.pages());

  app.get('/signin', (req, res) => {
    const [message] = req.session.messages?.splice(0) ?? [];
    res.render('sign-in', { message, xsrf: generateToken(req) });
  });
  app.post(
    '/signin',
    passport.authenticate('mfa', {
      successReturnToOrRedirect: '/',
      failureRedirect: '/signin',
      failureMessage: true,
    }),
  );
  app.post('/register', (req, res, next) => {
    const user = users.add(req.body.login, req.body.secret);
    req.login(user, (error) => (error ? next(error) : res.redirect('/')));
  });
  app.post('/signout', (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect('/signin')));
  });

  app.use((req, res, next) => {
    if (req.isAuthenticated()) return next();
    req.session.returnTo = req.originalUrl;
    res.redirect('/signin');
  });
  app.use(mfa.guard());
  app.get('/', (req, res) => res.render('notes', { user: req.user, xsrf: generateToken(req) }));
  app.get('/time', (req, res) => res.send(new Date().toISOString()));
  return app;
};
