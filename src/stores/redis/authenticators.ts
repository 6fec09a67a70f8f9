import { onFileId } from '../../core/factor-kind';
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
  redis.call('HDEL', key, 'l:' .. id, 'k:' .. id, 'f:' .. id, 't:' .. id, 'u:' .. id, 'd:' .. id, 'b:' .. id)
  if redis.call('HGET', key, 'p') == id then redis.call('HDEL', key, 'p') end
  return there
end
`;

/** Lua: deletes the recovery codes and the counters of every group. */
const FORGET_CODES_AND_GUESSES = `
local function forgetCodesAndGuesses()
  redis.call('DEL', KEYS[2])
  redis.call('HDEL', KEYS[1], 'r', 'i', 'p')
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.find(field, '^[gwn]:') then redis.call('HDEL', KEYS[1], field) end
  end
end
`;

/** The member; how it replaces, the id of the old one, then fields and values of the new one. */
const ADD = defineScript(`${REMOVE_FIELDS}
local preferred = redis.call('HGET', KEYS[1], 'p')
if ARGV[1] == 'replacing' then removeFields(ARGV[2]) end
removeFields(ARGV[3])
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
if ARGV[1] == 'replacing' and preferred == ARGV[2] then redis.call('HSET', KEYS[1], 'p', ARGV[3]) end
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

const PREFER = defineScript(`
if redis.call('HEXISTS', KEYS[1], 'a:' .. ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'p', ARGV[1])
return 1
`);

/** The member and the recovery codes; the id, whether one of the others must be there, and their ids. */
const REMOVE = defineScript(`${REMOVE_FIELDS}${FORGET_CODES_AND_GUESSES}
local kept = ARGV[2] ~= 'keeping'
for place = 3, #ARGV do
  if redis.call('HEXISTS', KEYS[1], 'a:' .. ARGV[place]) == 1 then kept = true end
end
if not kept then return 0 end
if removeFields(ARGV[1]) == 0 then return 0 end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^a:') then return 1 end
end
forgetCodesAndGuesses()
return 1
`);

/** The member, the recovery codes and the remembered browsers. */
const REMOVE_ALL = defineScript(`${REMOVE_FIELDS}${FORGET_CODES_AND_GUESSES}
local removed = 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^a:') then removed = removed + removeFields(string.sub(field, 3)) end
end
forgetCodesAndGuesses()
removeFields('${onFileId('email')}')
removeFields('${onFileId('sms')}')
redis.call('DEL', KEYS[3])
return removed
`);

type Verbs =
  | 'addAuthenticator'
  | 'renameAuthenticator'
  | 'resealAuthenticator'
  | 'savePreference'
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
    async savePreference(userId, authenticatorId) {
      const args = [encodeId(authenticatorId)];
      return isOne(await redis.run(PREFER, { keys: [keys.member(userId)], args }));
    },
    async removeAuthenticator(userId, authenticatorId, keepOneOf) {
      const keeping = keepOneOf === undefined ? ['free'] : ['keeping', ...keepOneOf.map(encodeId)];
      const args = [encodeId(authenticatorId), ...keeping];
      return isOne(await redis.run(REMOVE, { keys: both(userId), args }));
    },
    async removeAllAuthenticators(userId) {
      const all = [...both(userId), keys.browsers(userId)];
      return Number(await redis.run(REMOVE_ALL, { keys: all, args: [] }));
    },
  };
}
