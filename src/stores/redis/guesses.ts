import { encodeId } from '../../core/encoded-id';
import { onFileId } from '../../core/factor-kind';
import type { GuessOutcome, RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { isOne, toOptionalNumber, toTexts, toWholeNumber } from './replies';
import { defineScript, NUMBER_IN_FIELD } from './script';
import { unreadable } from './store-errors';

/** Lua: whether there is something to count at; the ids that stand for an address on file always do. */
const IS_COUNTED = `
local function isCounted(authenticator)
  if authenticator == ':${onFileId('email')}' or authenticator == ':${onFileId('sms')}' then return true end
  return redis.call('HEXISTS', KEYS[1], 'a' .. authenticator) == 1
end
`;

/**
 * The member; the group, a colon and the authenticator or nothing, now, the two limits, the length of a lock, the longest
 * one, and whether the guess is made to end a lock. Answers with the guesses left, the lock that it set, and whether it disabled.
 */
const SPEND_GUESS = defineScript(`${NUMBER_IN_FIELD}${IS_COUNTED}
local key, group, authenticator = KEYS[1], ARGV[1], ARGV[2]
local now, perUser, perAuthenticator = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local function lock()
  local locks = redis.call('HINCRBY', key, 'n:' .. group, 1)
  local seconds = math.min(tonumber(ARGV[6]) * 2 ^ (locks - 1), tonumber(ARGV[7]))
  local lockedUntil = string.format('%.0f', now + seconds * 1000)
  redis.call('HSET', key, 'w:' .. group, lockedUntil)
  return lockedUntil
end

local unlocking = ARGV[8] == 'unlocking'
local lockedUntil = not unlocking and numberIn('w:' .. group)
if lockedUntil and now < lockedUntil then return {'locked', 0, string.format('%.0f', lockedUntil)} end

if authenticator ~= '' then
  if not isCounted(authenticator) then return {'disabled'} end
  if redis.call('HEXISTS', key, 'd' .. authenticator) == 1 then return {'disabled'} end
  if (numberIn('f' .. authenticator) or 0) >= perAuthenticator then
    redis.call('HSET', key, 'd' .. authenticator, ARGV[3])
    return {'disabled'}
  end
end

local left, set, disabled = perUser, '', ''
if not unlocking then
  if lockedUntil then redis.call('HDEL', key, 'g:' .. group, 'w:' .. group) end
  if (numberIn('g:' .. group) or 0) >= perUser then return {'locked', 0, lock()} end
  local failures = redis.call('HINCRBY', key, 'g:' .. group, 1)
  left = perUser - failures
  if failures >= perUser then set = lock() end
end
if authenticator ~= '' then
  local own = redis.call('HINCRBY', key, 'f' .. authenticator, 1)
  if own >= perAuthenticator then
    redis.call('HSET', key, 'd' .. authenticator, ARGV[3])
    disabled = 'disabled'
  end
  if unlocking then left = perAuthenticator - own else left = math.min(left, perAuthenticator - own) end
end
return {'spent', left, set, disabled}
`);

/** Lua: a right proof ends the count of its group and of its authenticator. */
const SUCCEED = `${IS_COUNTED}
local function succeed(group, authenticator, now)
  redis.call('HDEL', KEYS[1], 'g:' .. group, 'w:' .. group, 'n:' .. group)
  if authenticator == '' or not isCounted(authenticator) then return end
  redis.call('HDEL', KEYS[1], 'f' .. authenticator, 'd' .. authenticator)
  redis.call('HSET', KEYS[1], 'u' .. authenticator, now)
end
`;

/** The member; the group, a colon and the authenticator or nothing, now. */
const RECORD_SUCCESS = defineScript(`${SUCCEED}
succeed(ARGV[1], ARGV[2], ARGV[3])
`);

/** The member; a colon and the authenticator, the time step, now. */
const ACCEPT_TIME_STEP = defineScript(`${NUMBER_IN_FIELD}${SUCCEED}
if redis.call('HEXISTS', KEYS[1], 'a' .. ARGV[1]) == 0 then return 0 end
local last = numberIn('t' .. ARGV[1])
if last and tonumber(ARGV[2]) <= last then return 0 end
if numberIn('b' .. ARGV[1]) == tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 't' .. ARGV[1], ARGV[2])
succeed('codes', ARGV[1], ARGV[3])
return 1
`);

/** The member; a colon and the authenticator, the time step. */
const REFUSE_TIME_STEP = defineScript(`
if redis.call('HEXISTS', KEYS[1], 'a' .. ARGV[1]) == 0 then return end
redis.call('HSET', KEYS[1], 'b' .. ARGV[1], ARGV[2])
`);

const LONGEST_LOCK_SECONDS = 86_400;

type Verbs = 'spendGuess' | 'recordSuccess' | 'acceptTimeStep' | 'refuseTimeStep' | 'clearGuesses';

export function guessesIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  return {
    async spendGuess({ userId, group, authenticatorId, limits, now, duringLock }) {
      const { perUser, perAuthenticator, lockSeconds } = limits;
      const counts = [perUser, perAuthenticator, lockSeconds, LONGEST_LOCK_SECONDS];
      const unlocking = duringLock === true ? 'unlocking' : 'guessing';
      const args = [group, suffixOf(authenticatorId), now, ...counts, unlocking];
      return toGuessOutcome(await redis.run(SPEND_GUESS, { keys: [keys.member(userId)], args }));
    },
    async recordSuccess({ userId, group, authenticatorId, now }) {
      const args = [group, suffixOf(authenticatorId), now];
      await redis.run(RECORD_SUCCESS, { keys: [keys.member(userId)], args });
    },
    async acceptTimeStep({ userId, authenticatorId, timeStep, now }) {
      const args = [suffixOf(authenticatorId), timeStep, now];
      return isOne(await redis.run(ACCEPT_TIME_STEP, { keys: [keys.member(userId)], args }));
    },
    async refuseTimeStep({ userId, authenticatorId, timeStep }) {
      const args = [suffixOf(authenticatorId), timeStep];
      await redis.run(REFUSE_TIME_STEP, { keys: [keys.member(userId)], args });
    },
    async clearGuesses(userId) {
      const fields = ['codes', 'recovery-codes'].flatMap((group) => [
        `g:${group}`,
        `w:${group}`,
        `n:${group}`,
      ]);
      await redis.send('hdel', keys.member(userId), ...fields);
    },
  };
}

function toGuessOutcome(reply: unknown): GuessOutcome {
  const [outcome, left, until, disabled] = toTexts(reply, 'a count of guesses');
  const lockedUntil = toOptionalNumber(until === '' ? null : until, 'the end of a lock');
  if (outcome === 'disabled') return { outcome };
  if (outcome === 'locked' && lockedUntil !== null) return { outcome, lockedUntil };
  if (outcome !== 'spent') throw unreadable('a count of guesses');
  return {
    outcome,
    guessesLeft: toWholeNumber(left ?? '', 'a count of guesses'),
    lockedUntil,
    ...(disabled === 'disabled' ? { disabled: true } : {}),
  };
}

/** What follows the letter of an authenticator's fields. */
function suffixOf(authenticatorId: string | null): string {
  return authenticatorId === null ? '' : `:${encodeId(authenticatorId)}`;
}
