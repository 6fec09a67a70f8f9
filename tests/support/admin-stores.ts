import { redisState } from '../../src/redis';
import { memoryState } from '../../src/stores/memory/memory-stores';
import type { StateStore } from '../../src/stores/state-store';
import { memoryRecords, redisRecords, type Records } from './records';
import { connectRedis } from './redis-client';

export interface Stores {
  readonly records: Records;
  readonly state: StateStore;
}

/** Runs a suite on both kinds of store; on Redis each test begins with a database of its own prefix. */
export function describeOnBothStores(name: string, suite: (open: () => Stores) => void): void {
  describe(`${name}, in memory`, () => {
    suite(() => ({ records: memoryRecords(), state: memoryState() }));
  });

  describe(`${name}, on Redis`, () => {
    const redis = connectRedis();
    afterAll(() => redis.disconnect());
    let opened = 0;
    suite(() => {
      opened += 1;
      const prefix = `${name.replaceAll(/\W/g, '-')}-${opened}`;
      // A busy machine must not look like a store that is down.
      const options = { prefix, timeoutMs: 20_000 };
      return { records: redisRecords(redis, options), state: redisState(redis, options) };
    });
  });
}
