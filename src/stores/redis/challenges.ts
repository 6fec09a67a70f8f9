import { CLOCK_TOLERANCE_MS } from '../../core/clock';
import { writeEvidence } from '../../core/decision/assurance';
import { LONGEST_LOCK_SECONDS } from '../../core/member/guess-counter';
import type { ChallengeOwner, StateStore } from '../state-store';
import { writeLasting, type RedisCommands } from './command-batch';
import type { Keys } from './keys';
import {
  PENDING_FIELDS,
  challengeFields,
  letterOf,
  readChallenge,
  readPendingLogin,
  writeChallenge,
  writePendingLogin,
} from './owner-hash';
import { isOne, toTexts, toWholeNumber } from './replies';
import { NUMBER_IN_FIELD, defineScript } from './script';
import type { UserKeys } from './short-lived';

/** Key: the owner. Argument: the evidence. */
const SAVE_EVIDENCE = defineScript(`
if redis.call('HEXISTS', KEYS[1], 's') == 0 then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1])
return 1
`);

type LoginVerbs = 'createPendingLogin' | 'findPendingLogin' | 'savePendingEvidence' | 'endPendingLogin';

export function pendingLoginsIn(
  redis: RedisCommands,
  keys: Keys,
  userKeys: UserKeys,
): Pick<StateStore, LoginVerbs> {
  return {
    async createPendingLogin(pending, first) {
      const { userId, id, startedAt, expiresAt } = pending;
      const fields = [...writePendingLogin(pending), ...(first === undefined ? [] : writeChallenge(first))];
      await Promise.all([
        writeLasting(redis, keys.owner(userId, id), expiresAt - startedAt, [['del'], ['hset', ...fields]]),
        userKeys.note(userId, { kind: 'owner', id }, { now: startedAt, expiresAt }),
      ]);
    },
    async findPendingLogin(userId, id) {
      const reply = await redis.send('hmget', keys.owner(userId, id), ...PENDING_FIELDS);
      return readPendingLogin(reply, userId, id);
    },
    async savePendingEvidence(userId, id, evidence) {
      const call = { keys: [keys.owner(userId, id)], args: [writeEvidence(evidence)] };
      return isOne(await redis.run(SAVE_EVIDENCE, call));
    },
    async endPendingLogin(userId, id) {
      // The first command decides which caller ends it: without this field it is no longer a pending login.
      const [ended] = await Promise.all([
        redis.send('hdel', keys.owner(userId, id), 's'),
        redis.send('del', keys.owner(userId, id), keys.unseenCodes(userId, id)),
      ]);
      return isOne(ended);
    },
  };
}

/** The longest expiry: that of challenges for a link to end a lock. A later expiry was written by a clock that was ahead. */
const LONGEST_OWNER_MS = LONGEST_LOCK_SECONDS * 1000 + CLOCK_TOLERANCE_MS;

/** Lua: extends the expiry of the owner to at least the given instant. A pending login keeps its own expiry. */
const LIVE_UNTIL = `
local function liveUntil(instant, now)
  if redis.call('HEXISTS', KEYS[1], 's') == 1 then return end
  local ends = math.max(numberIn('x') or 0, instant)
  redis.call('HSET', KEYS[1], 'x', string.format('%.0f', ends))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ends - now))
end
`;

/** Lua: deletes a challenge, but not its attempt count. */
const REMOVE_CHALLENGE = `
local function removeChallenge(p)
  redis.call('HDEL', KEYS[1], p .. 'i', p .. 'k', p .. 'x', p .. 'w', p .. 'c', p .. 'r', p .. 'z', p .. 'f')
end
`;

/**
 * Key: the owner. Arguments: the letter of the purpose, now, the expiry of the challenge, `pending` if it needs a pending
 * login, the expected version (`*` for any, empty for none), then fields and values.
 */
const ISSUE = defineScript(`${NUMBER_IN_FIELD}${LIVE_UNTIL}${REMOVE_CHALLENGE}
local now = tonumber(ARGV[2])
local ends = numberIn('x')
if ARGV[5] ~= '*' and (redis.call('HGET', KEYS[1], ARGV[1] .. 'w') or '') ~= ARGV[5] then return 0 end
if ends and (now >= ends or ends > now + ${LONGEST_OWNER_MS}) then redis.call('DEL', KEYS[1]) end
if ARGV[4] == 'pending' and redis.call('HEXISTS', KEYS[1], 's') == 0 then return 0 end
removeChallenge(ARGV[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
liveUntil(tonumber(ARGV[3]), now)
return 1
`);

/** Key: the owner. Arguments: the letter, the attempt limit, and the fields to return after the outcome and the count. */
const SPEND_ATTEMPT = defineScript(`${NUMBER_IN_FIELD}
local p = ARGV[1]
local function answer(outcome, count)
  return {outcome, count, unpack(redis.call('HMGET', KEYS[1], unpack(ARGV, 3)))}
end
if redis.call('HEXISTS', KEYS[1], p .. 'i') == 0 then return answer('missing', 0) end
local spent = numberIn(p .. 'n') or 0
if spent >= tonumber(ARGV[2]) then return answer('exhausted', spent) end
return answer('spent', redis.call('HINCRBY', KEYS[1], p .. 'n', 1))
`);

/** Key: the owner. Arguments: the letter, the id of the challenge. */
const CONSUME = defineScript(`${REMOVE_CHALLENGE}
if redis.call('HGET', KEYS[1], ARGV[1] .. 'i') ~= ARGV[2] then return 0 end
removeChallenge(ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1] .. 'n')
return 1
`);

type ChallengeVerbs = 'issueChallenge' | 'findChallenge' | 'spendAttempt' | 'consumeChallenge';

export function challengesIn(
  redis: RedisCommands,
  keys: Keys,
  userKeys: UserKeys,
): Pick<StateStore, ChallengeVerbs> {
  const keysOf = ({ userId, ownerId }: ChallengeOwner) => [keys.owner(userId, ownerId)];

  return {
    async issueChallenge(challenge, { now, underPendingLogin, after }) {
      const under = underPendingLogin ? 'pending' : 'any';
      const version = after === undefined ? '*' : (after ?? '');
      const { userId, ownerId, purpose, expiresAt } = challenge;
      const args = [letterOf(purpose), now, expiresAt, under, version, ...writeChallenge(challenge)];
      const [issued] = await Promise.all([
        redis.run(ISSUE, { keys: keysOf(challenge), args }),
        underPendingLogin || userKeys.note(userId, { kind: 'owner', id: ownerId }, { now, expiresAt }),
      ]);
      return isOne(issued);
    },
    async findChallenge(owner) {
      const key = keys.owner(owner.userId, owner.ownerId);
      return readChallenge(await redis.send('hmget', key, ...challengeFields(owner.purpose)), owner);
    },
    async spendAttempt(owner, max) {
      const args = [letterOf(owner.purpose), max, ...PENDING_FIELDS, ...challengeFields(owner.purpose)];
      const reply = toTexts(await redis.run(SPEND_ATTEMPT, { keys: keysOf(owner), args }), 'a challenge');
      const [outcome, spent, ...fields] = reply;
      const pending = readPendingLogin(fields, owner.userId, owner.ownerId);
      if (outcome === 'exhausted') return { outcome, pending };
      const challenge =
        outcome === 'spent' ? readChallenge(fields.slice(PENDING_FIELDS.length), owner) : undefined;
      if (challenge === undefined) return { outcome: 'missing', pending };
      const attemptsLeft = max - toWholeNumber(spent ?? '', 'a count of attempts');
      return { outcome: 'spent', challenge, attemptsLeft, pending };
    },
    async consumeChallenge(owner, challengeId) {
      const args = [letterOf(owner.purpose), challengeId];
      return isOne(await redis.run(CONSUME, { keys: keysOf(owner), args }));
    },
  };
}
