import {
  ALL_NAMES,
  MOST_NETWORKS,
  NETWORK_LIFE_MS,
  countPasswords,
  wantedCounts,
  type Counted,
  type CountsOf,
  type PasswordAttemptStore,
} from '../password-attempts';
import { writeLasting, type RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { toOptionalNumber, toTexts, toWholeNumber, unreadable } from './replies';
import { NUMBER_IN_FIELD, defineScript } from './script';

/*
 * The first key is a hash that expires with its window. `f:` and a count: wrong passwords. `r:` and a count: passwords being
 * checked. `t:` and an id: one password being checked. A hash without wrong passwords disappears when nothing is being checked.
 */

/**
 * Keys: the passwords for a name or from an address, and the known addresses of the name. Arguments: the id, the window in
 * milliseconds, now, the lifetime of a known address, `trusted`, `open` or `closed` (no unfamiliar addresses), the number of
 * hashes of the address, the hashes, and pairs of a count and its limit. Unless `trusted`, the last pair is the shared count of
 * unfamiliar addresses. Counts the password in all counts or in none. Returns 1 for an unfamiliar address, when the address was
 * last seen (or empty), and the outcome; only `closed` if the address is unfamiliar and `closed` was passed.
 */
const RESERVE = defineScript(`${NUMBER_IN_FIELD}
local function reserve(id, window, wanted)
  local reserved = {'reserved'}
  for i = 1, #wanted, 2 do reserved[#reserved + 1] = wanted[i] end
  -- A client sends a command again whose answer it lost.
  if redis.call('HEXISTS', KEYS[1], 't:' .. id) == 1 then return reserved end
  local busy
  for i = 1, #wanted, 2 do
    local limit, wrong = tonumber(wanted[i + 1]), numberIn('f:' .. wanted[i]) or 0
    if wrong >= limit then return {'blocked', redis.call('PTTL', KEYS[1])} end
    if wrong + (numberIn('r:' .. wanted[i]) or 0) >= limit then busy = busy or wanted[i] end
  end
  if busy then return {'busy', busy} end
  for i = 1, #wanted, 2 do redis.call('HINCRBY', KEYS[1], 'r:' .. wanted[i], 1) end
  redis.call('HSET', KEYS[1], 't:' .. id, 1)
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], window) end
  return reserved
end
local now, life, trust, last = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], #ARGV
local first, seenAt = 7 + tonumber(ARGV[6]), nil
for i = 7, first - 1 do
  local at = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[i]))
  if at and math.abs(now - at) < life then seenAt = math.max(at, seenAt or at) end
end
local stranger = trust ~= 'trusted' and not seenAt
if stranger and trust == 'closed' then return {'closed'} end
if seenAt and trust ~= 'trusted' then last = last - 2 end
local reserved = reserve(ARGV[1], ARGV[2], {unpack(ARGV, first, last)})
return {stranger and 1 or 0, seenAt and string.format('%.0f', seenAt) or '', unpack(reserved)}
`);

/** Key: the passwords for a name or from an address. Arguments: the id, the verdict, the window in milliseconds, the counts. */
const SETTLE = defineScript(`
local held, wrong = redis.call('HDEL', KEYS[1], 't:' .. ARGV[1]) == 1, ARGV[2] == 'wrong'
for i = 4, #ARGV do
  if held and redis.call('HINCRBY', KEYS[1], 'r:' .. ARGV[i], -1) <= 0 then
    redis.call('HDEL', KEYS[1], 'r:' .. ARGV[i])
  end
  if wrong then redis.call('HINCRBY', KEYS[1], 'f:' .. ARGV[i], 1) end
end
if wrong and redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
`);

const WHAT = 'counts of passwords';

export function passwordAttemptsIn(redis: RedisCommands, keys: Keys): PasswordAttemptStore {
  const keyOf = ({ of, key }: CountsOf) => (of === 'name' ? keys.passwords(key) : keys.passwordsFrom(key));

  return countPasswords({
    async reserveForNetwork({ id, network }, { addressSeconds, perAddress }, now) {
      const given = [id, addressSeconds * 1000, now, NETWORK_LIFE_MS, 'trusted', 0, ALL_NAMES, perAddress];
      const reply = await redis.run(RESERVE, { keys: [keys.passwordsFrom(network)], args: given });
      return toCounted(toTexts(reply, WHAT).slice(2));
    },
    async reserveForName(attempt, limits, now) {
      const { id, name, networks, trusted, addressWaitSeconds } = attempt;
      const letIn = addressWaitSeconds > 0 ? 'closed' : 'open';
      const reply = await redis.run(RESERVE, {
        keys: [keys.passwords(name), keys.networks(name)],
        args: [
          id,
          limits.nameSeconds * 1000,
          now,
          NETWORK_LIFE_MS,
          trusted === null ? letIn : 'trusted',
          networks.length,
          ...networks,
          ...wantedCounts(attempt, limits, trusted !== null).flat(),
        ],
      });
      const [isStranger, seenAt, ...counted] = toTexts(reply, WHAT);
      if (isStranger === 'closed') return { isFamiliar: false, networkSeenAt: null, counted: null };
      const networkSeenAt = toOptionalNumber(seenAt === '' ? null : seenAt, WHAT);
      return { isFamiliar: isStranger !== '1', networkSeenAt, counted: toCounted(counted) };
    },
    async settle(of, { id, counts, verdict, seconds }) {
      await redis.run(SETTLE, { keys: [keyOf(of)], args: [id, verdict, seconds * 1000, ...counts] });
    },
    async noteNetwork(name, network, now) {
      await writeLasting(redis, keys.networks(name), NETWORK_LIFE_MS, [
        ['zadd', now, network],
        ['zremrangebyrank', 0, -1 - MOST_NETWORKS],
      ]);
    },
  });
}

function toCounted(reply: unknown): Counted {
  const [outcome, ...rest] = toTexts(reply, WHAT);
  const counts = rest.filter((count) => count !== null);
  const [first = ''] = counts;
  if (outcome === 'reserved') return { outcome, counts };
  if (outcome === 'busy') return { outcome, count: first };
  if (outcome !== 'blocked') throw unreadable(WHAT);
  return { outcome, retryAfterSeconds: Math.max(1, Math.ceil(toWholeNumber(first, WHAT) / 1000)) };
}
