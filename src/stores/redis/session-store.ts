import { RedisStore } from 'connect-redis';
import type { Store } from 'express-session';
import type { Argument, RedisCommands } from './command-batch';

/**
 * Sessions of express-session in the same Redis; each key lives as long as its cookie says. The store speaks through the
 * commands of the other stores, so that it is bounded in time and is written along with what else the tick asks for.
 */
export function createRedisSessionStore(redis: RedisCommands, prefix: string): Store {
  // What connect-redis calls of an ioredis client.
  const client = {
    get: (key: string) => redis.send('get', key),
    set: (key: string, ...args: readonly Argument[]) => redis.send('set', key, ...args),
    expire: (key: string, seconds: number) => redis.send('expire', key, seconds),
    del: (keys: readonly string[]) => redis.send('del', ...keys),
    mget: (keys: readonly string[]) => redis.send('mget', ...keys),
    scan: (...args: readonly Argument[]) => redis.send('scan', ...args),
  };
  return new RedisStore({ client, prefix: `${prefix}:session:` });
}
