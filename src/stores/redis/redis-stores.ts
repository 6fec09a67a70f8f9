import type { RecordStore } from '../record-store';
import type { StateStore } from '../state-store';
import { challengesIn, pendingLoginsIn } from './challenges';
import type { RedisClient } from './command-batch';
import { documentsIn } from './documents';
import { eventLogIn } from './event-log';
import { heldStateIn } from './held-state';
import { memberIndexesIn } from './member-indexes';
import { passwordAttemptsIn } from './password-attempts';
import { queuesIn } from './queues';
import { sendsIn } from './sends';
import { createRedisSessionStore } from './session-store';
import { sessionsIn } from './sessions';
import { firstStepsIn, sentMessagesIn, unlockLinksIn, unseenCodesIn } from './short-lived';
import { openRedis, type RedisStoreOptions } from './store-options';
import { throttleIn } from './throttle';
import { findWeaknesses, readClock } from './weaknesses';

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

/**
 * State in Redis 6.2 or later, by an ioredis client. Every key has an end of life, and losing them all only means that
 * people sign in again. It may be the same Redis as that of the records, or one that is allowed to forget.
 *
 * @example
 * const state = redisState(new Redis(process.env.REDIS_URL));
 */
export function redisState(client: RedisClient, options: RedisStoreOptions = {}): StateStore {
  const { redis, keys, timeoutMs } = openRedis(client, options);
  const held = heldStateIn(redis, keys);
  return {
    ...pendingLoginsIn(redis, keys, held),
    ...challengesIn(redis, keys, held),
    ...sessionsIn(redis, keys),
    ...sendsIn(redis, keys),
    ...sentMessagesIn(redis, keys, held),
    ...firstStepsIn(redis, keys),
    ...unlockLinksIn(redis, keys, held),
    ...passwordAttemptsIn(redis, keys),
    ...unseenCodesIn(redis, keys, held),
    forgetUser: (userId) => held.forgetUser(userId),
    throttle: throttleIn(redis, keys),
    findClock: (now) => readClock(client, timeoutMs, now),
    createSessionStore: () => createRedisSessionStore(redis, options.prefix ?? 'mfa'),
  };
}

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
