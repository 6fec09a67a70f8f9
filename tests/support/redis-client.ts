import { Redis, type RedisOptions } from 'ioredis';
import { redisUrl } from './redis-database';

type Settings = Omit<RedisOptions, 'replyMapping'>;

/**
 * An ioredis client of this worker's database that gives up soon, so that a test with Redis down ends.
 * The test ends it with `disconnect()`.
 */
export function connectRedis(url: string = redisUrl(), options: Settings = {}): Redis {
  const settings: Settings = {
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    retryStrategy: (attempt) => (attempt > 3 ? null : 50 * attempt),
    ...options,
  };
  const client = new Redis(url, settings);
  // Without a listener ioredis prints every lost connection; the command that suffered still rejects.
  client.on('error', () => undefined);
  return client;
}
