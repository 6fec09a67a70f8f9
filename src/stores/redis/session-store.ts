import { RedisStore } from 'connect-redis';
import type { Store } from 'express-session';
import type { Argument, RedisCommands } from './command-batch';
import { parse, stringify } from './session-text';

/**
 * Sessions of express-session in the same Redis; each key lives as long as its cookie said when it was written. The store
 * speaks through the commands of the other stores, so that it is bounded in time and is written along with what else is
 * asked for.
 */
export function createRedisSessionStore(redis: RedisCommands, prefix: string): Store {
  // What connect-redis calls of an ioredis client.
  const client = {
    get: (key: string) => redis.send('get', key),
    set: (key: string, ...args: readonly Argument[]) => redis.send('set', key, ...args),
    del: (keys: readonly string[]) => redis.send('del', ...keys),
    mget: (keys: readonly string[]) => redis.send('mget', ...keys),
    scan: (...args: readonly Argument[]) => redis.send('scan', ...args),
  };
  const store = new RedisStore({ client, prefix: `${prefix}:session:`, serializer: { parse, stringify } });
  // A session ends when the policy says so, counted from the login: a request must not put its end off, nor cost a write.
  return Object.assign(store, { touch: undefined });
}
