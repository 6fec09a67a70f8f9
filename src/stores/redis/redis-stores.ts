import type { RecordStore } from '../record-store';
import type { StateStore } from '../state-store';
import type { RedisClient } from './command-batch';
import { redisRecords } from './redis-records';
import { redisState } from './redis-state';
import type { RedisStoreOptions } from './store-options';

/**
 * Both stores in one Redis, by an ioredis client.
 *
 * @example
 * createMfa({ ...redisStores(new Redis(process.env.REDIS_URL)), issuer, baseUrl, keys, users });
 */
export function redisStores(
  client: RedisClient,
  options: RedisStoreOptions = {},
): { readonly records: RecordStore; readonly state: StateStore } {
  return { records: redisRecords(client, options), state: redisState(client, options) };
}
