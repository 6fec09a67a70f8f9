import { RateLimiterRedis } from 'rate-limiter-flexible';
import { countingThrottle } from '../counting-throttle';
import type { StateStore, Throttle } from '../state-store';
import type { RedisCommands } from './command-batch';
import type { Keys } from './keys';
import { defineScript } from './script';

/**
 * The two commands that the limiter uses of an ioredis client, sent along with everything else of the tick and bounded in
 * time. The limiter has no insurance in memory: with Redis down it refuses.
 */
class LimiterClient {
  readonly #redis: RedisCommands;

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  /** The limiter defines its one command and calls it by name, with the key before the arguments. */
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
