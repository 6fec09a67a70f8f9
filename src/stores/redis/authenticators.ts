import type { RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import { encodeId, type Keys } from './keys';
import { writeAuthenticator } from './member-hash';
import { isOne } from './replies';
import { defineScript } from './script';

/** Lua: deletes every field of one authenticator, and says whether there was one. */
const REMOVE_FIELDS = `
local function removeFields(id)
  local key = KEYS[1]
  local there = redis.call('HDEL', key, 'a:' .. id)
  redis.call('HDEL', key, 'l:' .. id, 'k:' .. id, 'f:' .. id, 't:' .. id, 'u:' .. id, 'd:' .. id)
  return there
end
`;

/** Lua: deletes the recovery codes and the counters of every group. */
const FORGET_CODES_AND_GUESSES = `
local function forgetCodesAndGuesses()
  redis.call('DEL', KEYS[2])
  redis.call('HDEL', KEYS[1], 'r')
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.find(field, '^[gwn]:') then redis.call('HDEL', KEYS[1], field) end
  end
end
`;

/** The member; how it replaces, the id of the old one, then fields and values of the new one. */
const ADD = defineScript(`${REMOVE_FIELDS}
if ARGV[1] == 'replacing' then removeFields(ARGV[2]) end
removeFields(ARGV[3])
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
`);

/** The member; the field, what must be there, and what takes its place. */
const RENAME = defineScript(`
if redis.call('HEXISTS', KEYS[1], 'a:' .. ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'l:' .. ARGV[1], ARGV[2])
return 1
`);

const RESEAL = defineScript(`
if redis.call('HGET', KEYS[1], 'k:' .. ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'k:' .. ARGV[1], ARGV[3])
return 1
`);

/** The member and the recovery codes; the id. */
const REMOVE = defineScript(`${REMOVE_FIELDS}${FORGET_CODES_AND_GUESSES}
if removeFields(ARGV[1]) == 0 then return 0 end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^a:') then return 1 end
end
forgetCodesAndGuesses()
return 1
`);

const REMOVE_ALL = defineScript(`${REMOVE_FIELDS}${FORGET_CODES_AND_GUESSES}
local removed = 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^a:') then removed = removed + removeFields(string.sub(field, 3)) end
end
forgetCodesAndGuesses()
return removed
`);

type Verbs =
  | 'addAuthenticator'
  | 'renameAuthenticator'
  | 'resealAuthenticator'
  | 'removeAuthenticator'
  | 'removeAllAuthenticators';

export function authenticatorsIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  const both = (userId: string) => [keys.member(userId), keys.recoveryCodes(userId)];

  return {
    async addAuthenticator(userId, authenticator, replaces) {
      const replacing = replaces === undefined ? ['adding', ''] : ['replacing', encodeId(replaces)];
      const args = [...replacing, encodeId(authenticator.id), ...writeAuthenticator(authenticator)];
      await redis.run(ADD, { keys: [keys.member(userId)], args });
    },
    async renameAuthenticator(userId, authenticatorId, label) {
      const args = [encodeId(authenticatorId), label];
      return isOne(await redis.run(RENAME, { keys: [keys.member(userId)], args }));
    },
    async resealAuthenticator(userId, authenticatorId, { expected, sealed }) {
      const args = [encodeId(authenticatorId), expected, sealed];
      return isOne(await redis.run(RESEAL, { keys: [keys.member(userId)], args }));
    },
    async removeAuthenticator(userId, authenticatorId) {
      return isOne(await redis.run(REMOVE, { keys: both(userId), args: [encodeId(authenticatorId)] }));
    },
    async removeAllAuthenticators(userId) {
      return Number(await redis.run(REMOVE_ALL, { keys: both(userId), args: [] }));
    },
  };
}
