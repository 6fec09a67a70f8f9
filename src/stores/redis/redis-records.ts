import type { RecordStore } from '../record-store';
import { authenticatorsIn } from './authenticators';
import type { RedisClient } from './command-batch';
import { jobsIn } from './background-jobs';
import { eventLogIn } from './event-log';
import { guessesIn } from './guesses';
import { memberIndexesIn } from './member-indexes';
import { membersIn } from './members';
import { policiesIn } from './policies';
import { keptNoticesIn } from './kept-notices';
import { recoveryCodesIn } from './recovery-codes';
import { rememberedBrowsersIn } from './remembered-browsers';
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
    ...membersIn(redis, keys),
    ...policiesIn(redis, keys),
    ...authenticatorsIn(redis, keys),
    ...guessesIn(redis, keys),
    ...recoveryCodesIn(redis, keys),
    ...rememberedBrowsersIn(redis, keys),
    ...keptNoticesIn(redis, keys),
    ...eventLogIn(redis, keys),
    ...memberIndexesIn(redis, keys),
    ...jobsIn(redis, keys),
    findWeaknesses: () => findWeaknesses(client, timeoutMs),
  };
}
