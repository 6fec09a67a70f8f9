import { Pool } from 'pg';
import type { RecordStore } from '../../src/index';
import { postgresRecords, type PostgresRecords } from '../../src/postgres';
import { recordStoreContract } from '../../src/testing';
import { memoryRecords, redisRecords, withRules, type Records } from '../support/records';
import { connectRedis } from '../support/redis-client';
import { describeBackgroundJobs } from './background-jobs';
import { describeKeptNotices } from './kept-notices';
import { describeMemberIndexes } from './member-indexes';
import { describeRules } from './record-rules';
import { describeRememberedBrowsers } from './remembered-browsers';
import { describeUnlockGuesses } from './unlock-guesses';

/** The tests for store authors on one store, and those of the rules on another. */
function describeAll(openStore: () => RecordStore, openRecords: () => Records): void {
  recordStoreContract({ describe, it, beforeEach, expect }, openStore);
  describeRules(openRecords);
  describeMemberIndexes(openRecords);
  describeBackgroundJobs(openRecords);
  describeKeptNotices(openRecords);
  describeUnlockGuesses(openRecords);
  describeRememberedBrowsers(openRecords);
}

describe('records in memory', () => {
  const [store, records] = [memoryRecords(), memoryRecords()];
  describeAll(
    () => store,
    () => records,
  );
});

describe('records in Redis', () => {
  const client = connectRedis();
  afterAll(() => client.disconnect());
  const store = redisRecords(client, { prefix: 'contract', timeoutMs: 30_000 });
  const records = redisRecords(client, { timeoutMs: 30_000 });
  describeAll(
    () => store,
    () => records,
  );
});

describe('records in PostgreSQL', () => {
  let pool: Pool;
  let store: PostgresRecords;
  let records: Records;
  const open = async (schema: string) => {
    const opened = postgresRecords(pool, { schema, timeoutMs: 30_000 });
    // Two processes may start at once.
    await Promise.all([opened.migrate(), opened.migrate()]);
    return opened;
  };
  beforeAll(async () => {
    pool = new Pool({ connectionString: process.env['TEST_POSTGRES_URL'] });
    store = await open('contract');
    records = withRules(await open('rules'));
  });
  afterAll(() => pool.end());
  describeAll(
    () => store,
    () => records,
  );
});
