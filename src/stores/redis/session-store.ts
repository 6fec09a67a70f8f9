import { RedisStore } from 'connect-redis';
import type { Store } from 'express-session';
import type { RedisClient } from './command-batch';

/** Sessions of express-session in the same Redis; each key lives as long as its cookie says. */
export function createRedisSessionStore(client: RedisClient, prefix: string): Store {
  return new RedisStore({ client, prefix: `${prefix}:session:` });
}
