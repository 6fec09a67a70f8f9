import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { memoryRecords, redisRecords, withRules, type Records } from './records';
import { memoryState } from '../../src/index';
import type { RecordStore, StateStore } from '../../src/index';
import { postgresRecords } from '../../src/postgres';
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

/** A schema of its own in the run's PostgreSQL, whose tables are there before the first statement. */
export function openPostgres(): {
  readonly store: RecordStore;
  readonly pool: Pool;
  readonly schema: string;
} {
  const pool = new Pool({ connectionString: process.env['TEST_POSTGRES_URL'], max: 10 });
  const schema = `test_${randomBytes(8).toString('hex')}`;
  const migrated = postgresRecords(pool, { schema, timeoutMs: 60_000 }).migrate();
  // A failure shows in the first statement.
  migrated.catch(() => undefined);
  const waiting = {
    async connect() {
      await migrated;
      return pool.connect();
    },
    query: pool.query.bind(pool),
  };
  return { store: postgresRecords(waiting, { schema, ...PATIENT }), pool, schema };
}

/** Records in PostgreSQL beside state in Redis, apart from what others keep there. */
export function openPostgresStores(): OpenStores {
  const { store, pool, schema } = openPostgres();
  const redis = connectRedis(redisUrl());
  return {
    records: withRules(store),
    state: redisState(redis, { prefix: schema, ...PATIENT }),
    close() {
      redis.disconnect();
      void pool.end();
    },
  };
}

/** Both kinds of stores that need no migration, for `describe.each`. */
export const storeKinds: readonly { readonly kind: string; readonly open: () => OpenStores }[] = [
  { kind: 'memory', open: openMemoryStores },
  { kind: 'Redis', open: () => openRedisStores() },
];

/** The same, and records in PostgreSQL beside state in Redis. */
export const allStoreKinds: typeof storeKinds = [
  ...storeKinds,
  { kind: 'PostgreSQL', open: openPostgresStores },
];
