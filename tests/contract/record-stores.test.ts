import { Pool } from 'pg';
import { postgresRecords } from '../../src/postgres';
import { connectRedis } from '../support/redis-client';
import { startPostgresServer, type PostgresServer } from '../support/postgres-server';
import { memoryRecords, redisRecords, withRules, type Records } from '../support/records';
import { describeBackgroundJobs } from './background-jobs';
import { describeKeptNotices } from './kept-notices';
import { describeMemberIndexes } from './member-indexes';
import { describeRecordStore } from './record-store';
import { describeRememberedBrowsers } from './remembered-browsers';
import { describeUnlockGuesses } from './unlock-guesses';

function describeAll(open: () => Records): void {
  describeRecordStore(open);
  describeMemberIndexes(open);
  describeBackgroundJobs(open);
  describeKeptNotices(open);
  describeUnlockGuesses(open);
  describeRememberedBrowsers(open);
}

describe('records in memory', () => {
  const records = memoryRecords();
  describeAll(() => records);
});

describe('records in Redis', () => {
  const client = connectRedis();
  afterAll(() => client.disconnect());
  const records = redisRecords(client, { timeoutMs: 30_000 });
  describeAll(() => records);
});

describe('records in PostgreSQL', () => {
  let server: PostgresServer;
  let pool: Pool;
  let records: Records;
  beforeAll(async () => {
    server = await startPostgresServer();
    pool = new Pool({ connectionString: `${server.url}/postgres` });
    const store = postgresRecords(pool, { timeoutMs: 30_000 });
    await store.migrate();
    records = withRules(store);
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  describeAll(() => records);
});
