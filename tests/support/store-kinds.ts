import { memoryRecords, redisRecords, type Records } from './records';
import { memoryState } from '../../src/index';
import type { StateStore } from '../../src/index';
import { redisState } from '../../src/redis';
import { connectRedis } from './redis-client';
import { redisUrl } from './redis-database';

interface OpenStores {
  readonly records: Records;
  readonly state: StateStore;
  readonly close: () => void;
}

/** A busy machine is no fault of the store: no test but those of faults waits for the end of this time. */
const PATIENT = { timeoutMs: 30_000 };

/** Redis at an address, by default this worker's database, emptied by the test where it must be. */
export function openRedisStores(url: string = redisUrl()): OpenStores & {
  readonly redis: ReturnType<typeof connectRedis>;
} {
  const redis = connectRedis(url);
  return {
    redis,
    records: redisRecords(redis, PATIENT),
    state: redisState(redis, PATIENT),
    close: () => redis.disconnect(),
  };
}

function openMemoryStores(): OpenStores {
  return { records: memoryRecords(), state: memoryState(), close: () => undefined };
}

/** Both kinds of stores, for `describe.each`. */
export const storeKinds: readonly { readonly kind: string; readonly open: () => OpenStores }[] = [
  { kind: 'memory', open: openMemoryStores },
  { kind: 'Redis', open: () => openRedisStores() },
];
