import { createRecords } from '../../src/records/create-records';
import type { Records as RecordRules } from '../../src/records/records';
import { memoryRecords as memoryStore, memoryState } from '../../src/index';
import type { RecordStore, StateStore } from '../../src/index';
import { redisRecords as redisStore, redisState } from '../../src/redis';
import type { RedisClient, RedisStoreOptions } from '../../src/redis';

/** A store that a test can also look into and change by the rules that `createMfa` applies to it. */
export type Records = RecordStore & RecordRules;

interface Stores {
  readonly records: Records;
  readonly state: StateStore;
}

export function withRules(store: RecordStore): Records {
  return { ...store, ...createRecords(store) };
}

export function memoryRecords(): Records {
  return withRules(memoryStore());
}

export function redisRecords(client: RedisClient, options?: RedisStoreOptions): Records {
  return withRules(redisStore(client, options));
}

export function memoryStores(): Stores {
  return { records: memoryRecords(), state: memoryState() };
}

export function redisStores(client: RedisClient, options?: RedisStoreOptions): Stores {
  return { records: redisRecords(client, options), state: redisState(client, options) };
}
