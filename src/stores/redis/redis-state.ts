import type { StateStore } from '../state-store';
import { challengesIn } from './challenges';
import type { RedisClient } from './command-batch';
import { passwordAttemptsIn } from './password-attempts';
import { firstStepsIn } from './first-steps';
import { pendingLoginsIn } from './pending-logins';
import { sendsIn } from './sends';
import { sentMessagesIn } from './sent-messages';
import { createRedisSessionStore } from './session-store';
import { sessionsIn } from './sessions';
import { openRedis, type RedisStoreOptions } from './store-options';
import { throttleIn } from './throttle';
import { unlockLinksIn } from './unlock-links';
import { unseenCodesIn } from './unseen-codes';
import { readClock } from './weaknesses';

/**
 * State in Redis 6.2 or later, by an ioredis client. Every key has an end of life, and losing them all only means that
 * people sign in again. It may be the same Redis as that of the records, or one that is allowed to forget.
 *
 * @example
 * const state = redisState(new Redis(process.env.REDIS_URL));
 */
export function redisState(client: RedisClient, options: RedisStoreOptions = {}): StateStore {
  const { redis, keys, timeoutMs } = openRedis(client, options);
  return {
    ...pendingLoginsIn(redis, keys),
    ...challengesIn(redis, keys),
    ...sessionsIn(redis, keys),
    ...sendsIn(redis, keys),
    ...sentMessagesIn(redis, keys),
    ...firstStepsIn(redis, keys),
    ...unlockLinksIn(redis, keys),
    ...passwordAttemptsIn(redis, keys),
    ...unseenCodesIn(redis, keys),
    throttle: throttleIn(redis, keys),
    findClock: (now) => readClock(client, timeoutMs, now),
    createSessionStore: () => createRedisSessionStore(redis, options.prefix ?? 'mfa'),
  };
}
