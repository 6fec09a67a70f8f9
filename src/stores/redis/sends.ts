import { RateLimiterRedis } from 'rate-limiter-flexible';
import { countingThrottle } from '../counting-throttle';
import type { SendBudget, StateStore, Throttle } from '../state-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { unreadable } from './replies';
import { defineScript } from './script';

/**
 * Key: the sends. Arguments: `count` or `look`, now, then limit and length in milliseconds of each window. Returns the wait in
 * milliseconds, and counts a send if there is no wait. The list is newest first, so the send that blocks a window has a known
 * position. Times in the future, written by a clock that was ahead, are replaced with now, so that no wait is longer than its
 * window.
 */
const SPEND = defineScript(`
local now, wait, keep, life = tonumber(ARGV[2]), 0, 0, 0
local place, newest = 0, redis.call('LINDEX', KEYS[1], 0)
while newest and tonumber(newest) > now do
  redis.call('LSET', KEYS[1], place, ARGV[2])
  place = place + 1
  newest = redis.call('LINDEX', KEYS[1], place)
end
for i = 3, #ARGV, 2 do
  local max, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  keep, life = math.max(keep, max), math.max(life, window)
  if max < 1 then
    wait = math.max(wait, window)
  else
    local blocking = redis.call('LINDEX', KEYS[1], max - 1)
    if blocking then wait = math.max(wait, tonumber(blocking) + window - now) end
  end
end
if ARGV[1] == 'count' and wait <= 0 and keep > 0 then
  redis.call('LPUSH', KEYS[1], ARGV[2])
  redis.call('LTRIM', KEYS[1], 0, keep - 1)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', life))
end
return wait
`);

export function sendsIn(
  redis: RedisCommands,
  keys: Keys,
): Pick<StateStore, 'spendSendBudgets' | 'findSendWait'> {
  async function waitSeconds(budget: SendBudget, act: 'count' | 'look', now: number): Promise<number> {
    const windows = budget.windows.flatMap(({ max, seconds }) => [max, seconds * 1000]);
    const call = { keys: [keys.sends(budget.key)], args: [act, now, ...windows] };
    const milliseconds = Number(await redis.run(SPEND, call));
    if (Number.isNaN(milliseconds)) throw unreadable('instants of sending');
    return Math.max(0, Math.ceil(milliseconds / 1000));
  }

  return {
    async spendSendBudgets(budgets, now) {
      const waits = await Promise.all(
        budgets.map(async ({ key, windows }) => ({
          key,
          seconds: await waitSeconds({ key, windows }, 'count', now),
        })),
      );
      const longest = waits.toSorted((a, b) => b.seconds - a.seconds)[0];
      if (longest === undefined || longest.seconds === 0) return { outcome: 'spent' };
      const counted = waits.filter(({ seconds }) => seconds === 0);
      // The budgets are on different nodes, so undo the counts of those that did not refuse.
      await Promise.all(counted.map(({ key }) => redis.send('lrem', keys.sends(key), 1, now)));
      return { outcome: 'refused', key: longest.key, retryAfterSeconds: longest.seconds };
    },
    async findSendWait(budgets, now) {
      const waits = await Promise.all(budgets.map((budget) => waitSeconds(budget, 'look', now)));
      return Math.max(0, ...waits);
    },
  };
}

/** The two commands of an ioredis client that the limiter uses. It has no fallback in memory: if Redis is down, it refuses. */
class LimiterClient {
  readonly #redis: RedisCommands;

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  /** The limiter defines one command and calls it by name, with the key before the arguments. */
  defineCommand(name: string, { lua }: { readonly lua: string }): void {
    const script = defineScript(lua);
    const command = ([key = '', ...args]: readonly string[]) =>
      this.#redis.run(script, { keys: [key], args });
    Object.defineProperty(this, name, { value: command, configurable: true });
  }

  del(key: string): Promise<unknown> {
    return this.#redis.send('del', key);
  }
}

export function throttleIn(redis: RedisCommands, keys: Keys): StateStore['throttle'] {
  const storeClient = new LimiterClient(redis);
  return ({ name, points, seconds }): Throttle => {
    const limiter = new RateLimiterRedis({ storeClient, keyPrefix: '', points, duration: seconds });
    const counting = countingThrottle(limiter);
    return {
      spend: (key) => counting.spend(keys.throttle(name, key)),
      giveBack: (key) => counting.giveBack(keys.throttle(name, key)),
      clear: (key) => counting.clear(keys.throttle(name, key)),
    };
  };
}
