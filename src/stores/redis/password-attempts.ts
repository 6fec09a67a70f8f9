import {
  ALL_NAMES,
  MOST_NETWORKS,
  NETWORK_LIFE_MS,
  STRANGERS,
  countPasswords,
  type Counted,
  type CountsOf,
  type PasswordAttemptStore,
} from '../password-attempts';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { toOptionalNumber, toTexts, toWholeNumber } from './replies';
import { NUMBER_IN_FIELD, UNREADABLE, defineScript } from './script';
import { unreadable } from './store-errors';

/*
 * The first key is a hash that ends with its window: `f:` and a count is what was judged wrong under it, `r:` and a count
 * what is being judged, `t:` and an id one of the latter. A hash without a wrong password is gone when nothing is judged.
 */

/** Lua: counts a password under each of the wanted counts, which come as pairs of name and limit, or under none. */
const RESERVE = `${NUMBER_IN_FIELD}
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
`;

/** The passwords from an address; the id, the window in milliseconds, the limit. */
const RESERVE_FOR_NETWORK = defineScript(`${RESERVE}
return reserve(ARGV[1], ARGV[2], {'${ALL_NAMES}', ARGV[3]})
`);

/**
 * The passwords for a name and the addresses it is known by; the id, the window in milliseconds, the limits of a source and of
 * all strangers, now, the life of a known address, whether strangers are let in, the trusted source or nothing, then the
 * hashes of the address. Answers with whether it is a stranger, when the address was last seen or nothing, and the outcome; with
 * `closed` and nothing else where it is one and they are not let in.
 */
const RESERVE_FOR_NAME = defineScript(`${RESERVE}
local now, life, trusted, seenAt = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[8], nil
for i = 9, #ARGV do
  local seen = redis.call('HGET', KEYS[2], ARGV[i])
  if seen then
    local at = tonumber(seen)
    if not at then error('${UNREADABLE} instant') end
    if math.abs(now - at) < life then seenAt = math.max(at, seenAt or at) end
  end
end
local wanted = {}
if trusted ~= '' then wanted = {'t:' .. trusted, ARGV[3]}
elseif ARGV[9] then wanted = {'n:' .. ARGV[9], ARGV[3]} end
local stranger = trusted == '' and not seenAt
if stranger and ARGV[7] ~= 'open' then return {'closed'} end
if stranger then
  wanted[#wanted + 1] = '${STRANGERS}'
  wanted[#wanted + 1] = ARGV[4]
end
return {stranger and 1 or 0, seenAt and string.format('%.0f', seenAt) or '', unpack(reserve(ARGV[1], ARGV[2], wanted))}
`);

/** The passwords for a name or from an address; the id, the verdict, the window in milliseconds, then the counts. */
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

/** The addresses that a name is known by; the address, now, how many are kept, their life in milliseconds. */
const NOTE_NETWORK = defineScript(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
local all, known = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do known[#known + 1] = {network = all[i], seenAt = tonumber(all[i + 1]) or 0} end
table.sort(known, function(a, b) return a.seenAt > b.seenAt end)
for i = tonumber(ARGV[3]) + 1, #known do redis.call('HDEL', KEYS[1], known[i].network) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
`);

const WHAT = 'counts of passwords';

export function passwordAttemptsIn(redis: RedisCommands, keys: Keys): PasswordAttemptStore {
  const keyOf = ({ of, key }: CountsOf) => (of === 'name' ? keys.passwords(key) : keys.passwordsFrom(key));

  return countPasswords({
    async reserveForNetwork({ id, network }, { addressSeconds, perAddress }) {
      const args = [id, addressSeconds * 1000, perAddress];
      return toCounted(await redis.run(RESERVE_FOR_NETWORK, { keys: [keys.passwordsFrom(network)], args }));
    },
    async reserveForName(attempt, { nameSeconds, perSource, fromStrangers }, now) {
      const { id, name, networks, trusted, addressWaitSeconds } = attempt;
      const reply = await redis.run(RESERVE_FOR_NAME, {
        keys: [keys.passwords(name), keys.networks(name)],
        args: [
          id,
          nameSeconds * 1000,
          perSource,
          fromStrangers,
          now,
          NETWORK_LIFE_MS,
          addressWaitSeconds > 0 ? 'closed' : 'open',
          trusted ?? '',
          ...networks,
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
      const args = [network, now, MOST_NETWORKS, NETWORK_LIFE_MS];
      await redis.run(NOTE_NETWORK, { keys: [keys.networks(name)], args });
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
