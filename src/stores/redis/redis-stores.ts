import * as z from 'zod';
import { checkOption, checkWhole, type OptionRule, type RulesFor } from '../../options/option-check';
import { number, port } from '../../options/option-kinds';
import type { RecordStore } from '../record-store';
import type { StateStore } from '../state-store';
import { challengesIn, pendingLoginsIn } from './challenges';
import { redisCommands, type RedisClient, type RedisCommands } from './command-batch';
import { documentsIn } from './documents';
import { eventLogIn } from './event-log';
import { createKeys, type Keys } from './keys';
import { memberIndexesIn } from './member-indexes';
import { passwordAttemptsIn } from './password-attempts';
import { queuesIn } from './queues';
import { sendsIn, throttleIn } from './sends';
import { createRedisSessionStore, sessionsIn } from './sessions';
import { firstStepsIn, userKeysIn, sentMessagesIn, unlockLinksIn, unseenCodesIn } from './short-lived';
import { findWeaknesses, readClock } from './weaknesses';

export interface RedisStoreOptions {
  /** The prefix of every key. Default `mfa`. */
  readonly prefix?: string;
  /** The timeout of each call, in milliseconds. Default 1000. */
  readonly timeoutMs?: number;
}

export interface RedisAccess {
  readonly redis: RedisCommands;
  readonly keys: Keys;
  readonly timeoutMs: number;
}

const LONGEST_TIMEOUT_MS = 60_000;

const RULES = {
  prefix: {
    schema: z.string().regex(/^[^{}\s]+$/),
    allowed: 'a text without braces and spaces',
    write: "prefix: 'mfa'",
    shown: true,
  },
  timeoutMs: number({ min: 1, max: LONGEST_TIMEOUT_MS, unit: 'milliseconds', write: 'timeoutMs: 1000' }),
} satisfies RulesFor<RedisStoreOptions>;

const CLIENT: OptionRule = {
  ...port('a client of ioredis', 'new Redis(url) or new Cluster(nodes) of ioredis', ['pipeline', 'call']),
  required: true,
};

/** @throws ConfigurationError if the client or an option is invalid. */
export function openRedis(client: RedisClient, options: RedisStoreOptions): RedisAccess {
  checkOption('redis', client, CLIENT);
  checkWhole('options', options, RULES, '{ timeoutMs: 1000 }');
  const { prefix = 'mfa', timeoutMs = 1000 } = options;
  return { redis: redisCommands(client, { timeoutMs }), keys: createKeys(prefix), timeoutMs };
}

/**
 * Records in Redis 6.2 or later, using an ioredis client. The server must not lose data: set `maxmemory-policy` to `noeviction`
 * and `appendonly` to `yes`. Reads must use the masters (`scaleReads: 'master'`, the default of ioredis).
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
 * State in Redis 6.2 or later, using an ioredis client. Every key expires, and if all are lost, people only have to sign in
 * again. It can be the same Redis as that of the records, or one that may lose data.
 *
 * @example
 * const state = redisState(new Redis(process.env.REDIS_URL));
 */
export function redisState(client: RedisClient, options: RedisStoreOptions = {}): StateStore {
  const { redis, keys, timeoutMs } = openRedis(client, options);
  const userKeys = userKeysIn(redis, keys);
  return {
    ...pendingLoginsIn(redis, keys, userKeys),
    ...challengesIn(redis, keys, userKeys),
    ...sessionsIn(redis, keys),
    ...sendsIn(redis, keys),
    ...sentMessagesIn(redis, keys, userKeys),
    ...firstStepsIn(redis, keys),
    ...unlockLinksIn(redis, keys, userKeys),
    ...passwordAttemptsIn(redis, keys),
    ...unseenCodesIn(redis, keys, userKeys),
    forgetUser: (userId) => userKeys.forgetUser(userId),
    throttle: throttleIn(redis, keys),
    findClock: (now) => readClock(client, timeoutMs, now),
    createSessionStore: () => createRedisSessionStore(redis, options.prefix ?? 'mfa'),
  };
}

/**
 * Both stores in one Redis, using an ioredis client.
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
