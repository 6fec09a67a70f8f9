import type { RecordStore } from '../record-store';
import type { RedisClient } from './command-batch';
import { documentsIn } from './documents';
import { eventLogIn } from './event-log';
import { memberIndexesIn } from './member-indexes';
import { queuesIn } from './queues';
import { openRedis, type RedisStoreOptions } from './store-options';
import { findWeaknesses } from './weaknesses';

/**
 * Records in Redis 6.2 or later, by an ioredis client. The server must keep what it was given: `maxmemory-policy` `noeviction`
 * and `appendonly` `yes`. Reads must come from the masters (`scaleReads: 'master'`, which is the default of ioredis).
 *
 * @example
 * const records = redisRecords(new Redis(process.env.REDIS_URL));
 */
export function redisRecords(client: RedisClient, options: RedisStoreOptions = {}): RecordStore {
  const { redis, keys, timeoutMs } = openRedis(client, options);
  return {
    ...documentsIn(redis, keys),
    ...eventLogIn(redis, keys),
    ...memberIndexesIn(redis, keys),
    ...queuesIn(redis, keys),
    findWeaknesses: () => findWeaknesses(client, timeoutMs),
  };
}
