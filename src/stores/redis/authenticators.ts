import { onFileId } from '../../core/member/factor-kind';
import { encodeId } from '../../core/text/encoded-id';
import type { RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { writeAuthenticator } from './member-hash';
import { REPLACE_CODES, writeCodes } from './recovery-codes';
import { isOne } from './replies';
import { defineScript } from './script';

/** Lua: deletes every field of one authenticator, and says whether there was one. */
const REMOVE_FIELDS = `
local function removeFields(id)
  local key = KEYS[1]
  local there = redis.call('HDEL', key, 'a:' .. id)
  redis.call('HDEL', key, 'l:' .. id, 'k:' .. id, 'f:' .. id, 't:' .. id, 'o:' .. id, 'u:' .. id, 'd:' .. id, 'b:' .. id)
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

/** Lua: how it replaces, the id of the old one, that of the new one, and where its fields and values begin and end. */
const ADD_FIELDS = `${REMOVE_FIELDS}
local function addFields(how, old, new, from, to)
  local preferred = redis.call('HGET', KEYS[1], 'p')
  if how == 'replacing' then removeFields(old) end
  removeFields(new)
  redis.call('HSET', KEYS[1], unpack(ARGV, from, to))
  if how == 'replacing' and preferred == old then redis.call('HSET', KEYS[1], 'p', new) end
end
`;

/** The member; how it replaces, the id of the old one, then fields and values of the new one. */
const ADD = defineScript(`${ADD_FIELDS}
addFields(ARGV[1], ARGV[2], ARGV[3], 4, #ARGV)
`);

/**
 * The member and the recovery codes; the epoch and the number of authenticators that must stand, how it replaces, the id of the old
 * one, that of the new one, how many fields and values, these; then, where there is a set of codes, what `REPLACE_CODES` takes.
 */
const BIND = defineScript(`${ADD_FIELDS}${REPLACE_CODES}
if redis.call('HGET', KEYS[1], 'e') ~= ARGV[1] then return 0 end
local count = 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^a:') then count = count + 1 end
end
if count ~= tonumber(ARGV[2]) then return 0 end
local last = 6 + tonumber(ARGV[6])
addFields(ARGV[3], ARGV[4], ARGV[5], 7, last)
if #ARGV > last then replaceCodes(last + 1) end
return 1
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
  | 'bindAuthenticator'
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
    async bindAuthenticator(userId, authenticator, { replaces, expected, recoveryCodes }) {
      const replacing = replaces === undefined ? ['adding', ''] : ['replacing', encodeId(replaces)];
      const fields = writeAuthenticator(authenticator);
      const codes = recoveryCodes === undefined ? [] : writeCodes(recoveryCodes);
      const policyContext = [expected.epoch, expected.authenticators];
      const args = [
        ...policyContext,
        ...replacing,
        encodeId(authenticator.id),
        fields.length,
        ...fields,
        ...codes,
      ];
      return isOne(await redis.run(BIND, { keys: both(userId), args }));
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
