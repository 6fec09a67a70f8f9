import { FACTOR_RANKS } from '../../core/decision/factor-strength';
import { onFileId } from '../../core/member/factor-kind';
import { LONGEST_LOCK_SECONDS } from '../../core/member/guess-counter';
import { STEPS_AHEAD, timeStepAt } from '../../core/proof/totp';
import { encodeId } from '../../core/text/encoded-id';
import type { GuessOutcome, RecordStore } from '../record-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { guessFields } from './member-hash';
import { isOne, toOptionalNumber, toTexts, toWholeNumber } from './replies';
import { NUMBER_IN_FIELD, defineScript } from './script';
import { unreadable } from './store-errors';

const RANK_OF_APP = 3;

/** Lua: whether there is something to count at; the ids that stand for an address on file always do. */
const IS_COUNTED = `
local function isCounted(authenticator)
  if authenticator == ':${onFileId('email')}' or authenticator == ':${onFileId('sms')}' then return true end
  return redis.call('HEXISTS', KEYS[1], 'a' .. authenticator) == 1
end
`;

/** Lua: the counts of a group by rank, and their sum. */
const COUNTS = `
local function counts(letter, group)
  local found, sum = {}, 0
  for rank = 1, ${FACTOR_RANKS.length} do
    found[rank] = numberIn(letter .. ':' .. group .. ':' .. rank) or 0
    sum = sum + found[rank]
  end
  return found, sum
end
local function strongestOf(failures)
  for rank = ${FACTOR_RANKS.length}, 2, -1 do
    if failures[rank] > 0 then return rank end
  end
  return 1
end
`;

/**
 * The member; the group, a colon and the authenticator or nothing, its rank, now, the two limits, the length of a lock, the longest
 * one, and whether the guess is made to end a lock. Answers with the guesses left, the lock that it set, and whether it disabled;
 * where a lock stands, by how much it was shortened.
 */
const SPEND_GUESS = defineScript(`${NUMBER_IN_FIELD}${IS_COUNTED}${COUNTS}
local key, group, authenticator, rank = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local now, perUser, perAuthenticator = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local function lockMs(locks)
  return math.min(tonumber(ARGV[7]) * 2 ^ math.max(0, locks - 1), tonumber(ARGV[8])) * 1000
end

local function setLock(lockedUntil)
  local text = string.format('%.0f', lockedUntil)
  redis.call('HSET', key, 'w:' .. group, text)
  return text
end

local function lock()
  local failures = counts('g', group)
  redis.call('HINCRBY', key, 'n:' .. group .. ':' .. strongestOf(failures), 1)
  local _, locks = counts('n', group)
  return setLock(now + lockMs(locks))
end

local unlocking = ARGV[9] == 'unlocking'
local lockedUntil = not unlocking and numberIn('w:' .. group)
if lockedUntil and now < lockedUntil then
  local _, locks = counts('n', group)
  local ends = math.min(lockedUntil, now + lockMs(locks))
  if ends < lockedUntil then setLock(ends) end
  return {'locked', 0, string.format('%.0f', ends), string.format('%.0f', lockedUntil - ends)}
end

if authenticator ~= '' then
  if not isCounted(authenticator) then return {'disabled'} end
  if redis.call('HEXISTS', key, 'd' .. authenticator) == 1 then return {'disabled'} end
  if (numberIn('f' .. authenticator) or 0) >= perAuthenticator then
    redis.call('HSET', key, 'd' .. authenticator, ARGV[4])
    return {'disabled'}
  end
end

local left, set, disabled = perUser, '', ''
if not unlocking then
  if lockedUntil then
    redis.call('HDEL', key, 'w:' .. group)
    for each = 1, ${FACTOR_RANKS.length} do redis.call('HDEL', key, 'g:' .. group .. ':' .. each) end
  end
  local _, failures = counts('g', group)
  if failures >= perUser then return {'locked', 0, lock()} end
  redis.call('HINCRBY', key, 'g:' .. group .. ':' .. rank, 1)
  left = perUser - failures - 1
  if failures + 1 >= perUser then set = lock() end
end
if authenticator ~= '' then
  local own = redis.call('HINCRBY', key, 'f' .. authenticator, 1)
  if own >= perAuthenticator then
    redis.call('HSET', key, 'd' .. authenticator, ARGV[4])
    disabled = 'disabled'
  end
  if unlocking then left = perAuthenticator - own else left = math.min(left, perAuthenticator - own) end
end
return {'spent', left, set, disabled}
`);

/**
 * Lua: a right proof ends the counts that are no stronger than what it proved, and takes its own guess back; `core/guess-counter`
 * has the reasons.
 */
const SUCCEED = `${NUMBER_IN_FIELD}${IS_COUNTED}${COUNTS}
local function settleGroup(group, guessed, proven, unlocking)
  local function write(letter, rank, count)
    local field = letter .. ':' .. group .. ':' .. rank
    if count > 0 then redis.call('HSET', KEYS[1], field, count) else redis.call('HDEL', KEYS[1], field) end
  end
  local failures, before = counts('g', group)
  local locks = counts('n', group)
  local strongest = strongestOf(failures)
  for rank = 1, proven do failures[rank], locks[rank] = 0, 0 end
  if guessed > proven and not unlocking then failures[guessed] = math.max(0, failures[guessed] - 1) end
  local after = 0
  for rank = 1, ${FACTOR_RANKS.length} do after = after + failures[rank] end
  if after < before and redis.call('HDEL', KEYS[1], 'w:' .. group) == 1 and not unlocking then
    locks[strongest] = math.max(0, locks[strongest] - 1)
  end
  for rank = 1, ${FACTOR_RANKS.length} do
    write('g', rank, failures[rank])
    write('n', rank, locks[rank])
  end
end

local function succeed(group, authenticator, guessed, proven, unlocking, now)
  settleGroup(group, guessed, proven, unlocking)
  if authenticator == '' or not isCounted(authenticator) then return end
  local failures = numberIn('f' .. authenticator) or 0
  redis.call('HDEL', KEYS[1], 'f' .. authenticator, 'd' .. authenticator)
  if proven < guessed and failures > 1 then redis.call('HSET', KEYS[1], 'f' .. authenticator, failures - 1) end
  redis.call('HSET', KEYS[1], 'u' .. authenticator, now)
end
`;

/** The member; the group, a colon and the authenticator or nothing, the rank guessed at, the one proven, whether to end a lock, now. */
const RECORD_SUCCESS = defineScript(`${SUCCEED}
succeed(ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == 'unlocking', ARGV[6])
`);

/** The member; a colon and the authenticator, the time step, now, the latest step that is credible. The same as `acceptStep`. */
const ACCEPT_TIME_STEP = defineScript(`${SUCCEED}
if redis.call('HEXISTS', KEYS[1], 'a' .. ARGV[1]) == 0 then return 0 end
local step, latest = tonumber(ARGV[2]), tonumber(ARGV[4])
local last, before = numberIn('t' .. ARGV[1]), numberIn('o' .. ARGV[1])
local used = last
if last and last > latest then
  used = before
  if before and before > latest then return 0 end
end
if step == last or (used and step <= used) then return 0 end
if numberIn('b' .. ARGV[1]) == step then return 0 end
if last then redis.call('HSET', KEYS[1], 'o' .. ARGV[1], string.format('%.0f', math.min(last, step))) end
redis.call('HSET', KEYS[1], 't' .. ARGV[1], string.format('%.0f', math.max(last or step, step)))
succeed('codes', ARGV[1], ${RANK_OF_APP}, ${RANK_OF_APP}, false, ARGV[3])
return 1
`);

/** The member; a colon and the authenticator, the time step. */
const REFUSE_TIME_STEP = defineScript(`
if redis.call('HEXISTS', KEYS[1], 'a' .. ARGV[1]) == 0 then return end
redis.call('HSET', KEYS[1], 'b' .. ARGV[1], ARGV[2])
`);

type Verbs = 'spendGuess' | 'recordSuccess' | 'acceptTimeStep' | 'refuseTimeStep' | 'clearGuesses';

export function guessesIn(redis: RedisCommands, keys: Keys): Pick<RecordStore, Verbs> {
  return {
    async spendGuess({ userId, group, authenticatorId, rank, limits, now, duringLock }) {
      const { perUser, perAuthenticator, lockSeconds } = limits;
      const counts = [perUser, perAuthenticator, lockSeconds, LONGEST_LOCK_SECONDS];
      const args = [group, suffixOf(authenticatorId), rank, now, ...counts, actOf(duringLock)];
      return toGuessOutcome(await redis.run(SPEND_GUESS, { keys: [keys.member(userId)], args }));
    },
    async recordSuccess({ userId, group, authenticatorId, guessedRank, provenRank, duringLock, now }) {
      const ranks = [guessedRank, provenRank];
      const args = [group, suffixOf(authenticatorId), ...ranks, actOf(duringLock), now];
      await redis.run(RECORD_SUCCESS, { keys: [keys.member(userId)], args });
    },
    async acceptTimeStep({ userId, authenticatorId, timeStep, now }) {
      const args = [suffixOf(authenticatorId), timeStep, now, timeStepAt(now) + STEPS_AHEAD];
      return isOne(await redis.run(ACCEPT_TIME_STEP, { keys: [keys.member(userId)], args }));
    },
    async refuseTimeStep({ userId, authenticatorId, timeStep }) {
      const args = [suffixOf(authenticatorId), timeStep];
      await redis.run(REFUSE_TIME_STEP, { keys: [keys.member(userId)], args });
    },
    async clearGuesses(userId) {
      const fields = [...guessFields('codes'), ...guessFields('recovery-codes')];
      await redis.send('hdel', keys.member(userId), ...fields);
    },
  };
}

function actOf(duringLock: true | undefined): string {
  return duringLock === true ? 'unlocking' : 'guessing';
}

function toGuessOutcome(reply: unknown): GuessOutcome {
  const [outcome, left, until, disabled] = toTexts(reply, 'a count of guesses');
  const lockedUntil = toOptionalNumber(until === '' ? null : until, 'the end of a lock');
  if (outcome === 'disabled') return { outcome };
  if (outcome === 'locked' && lockedUntil !== null) {
    const shortenedByMs = disabled === undefined ? 0 : toWholeNumber(disabled ?? '', 'the end of a lock');
    return { outcome, lockedUntil, ...(shortenedByMs > 0 ? { shortenedByMs } : {}) };
  }
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
