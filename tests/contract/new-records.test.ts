import { Pool } from 'pg';
import { createRecords } from '../../src/records/records';
import { documentsIn as memoryDocuments } from '../../src/stores/memory/documents';
import { eventLogsIn } from '../../src/stores/memory/event-log';
import { memberIndexesIn as memoryIndexes } from '../../src/stores/memory/indexes';
import { queuesIn as memoryQueues } from '../../src/stores/memory/queues';
import { documentsIn as postgresDocuments } from '../../src/stores/postgres/documents';
import { eventLogIn as postgresEvents } from '../../src/stores/postgres/event-log';
import { memberIndexesIn as postgresIndexes } from '../../src/stores/postgres/member-indexes';
import { migrate } from '../../src/stores/postgres/migrations';
import { openQueries } from '../../src/stores/postgres/queries';
import { queuesIn as postgresQueues } from '../../src/stores/postgres/queues';
import { documentsIn } from '../../src/stores/redis/documents';
import { eventLogIn } from '../../src/stores/redis/event-log';
import { memberIndexesIn } from '../../src/stores/redis/indexes';
import { queuesIn } from '../../src/stores/redis/queues';
import { openRedis } from '../../src/stores/redis/store-options';
import type { RecordStore } from '../../src/stores/record-store';
import { connectRedis } from '../support/redis-client';
import { startPostgresServer, type PostgresServer } from '../support/postgres-server';
import { describeBackgroundJobs } from './background-jobs';
import { describeKeptNotices } from './kept-notices';
import { describeMemberIndexes } from './member-indexes';
import { describeRecordStore } from './record-store';
import { describeRememberedBrowsers } from './remembered-browsers';
import { describeUnlockGuesses } from './unlock-guesses';

const findWeaknesses = () => Promise.resolve([]);

function describeAll(open: () => RecordStore): void {
  describeRecordStore(open);
  describeMemberIndexes(open);
  describeBackgroundJobs(open);
  describeKeptNotices(open);
  describeUnlockGuesses(open);
  describeRememberedBrowsers(open);
}

describe('in memory', () => {
  const records = createRecords({
    ...memoryDocuments({ documents: new Map(), claims: new Map() }),
    ...eventLogsIn(new Map()),
    ...memoryIndexes(new Map()),
    ...memoryQueues(new Map()),
    findWeaknesses,
  });
  describeAll(() => records);
});

describe('in Redis', () => {
  const client = connectRedis();
  afterAll(() => client.disconnect());
  const { redis, keys } = openRedis(client, { timeoutMs: 30_000 });
  const records = createRecords({
    ...documentsIn(redis, keys),
    ...eventLogIn(redis, keys),
    ...memberIndexesIn(redis, keys),
    ...queuesIn(redis, keys),
    findWeaknesses,
  });
  describeAll(() => records);
});

describe('in PostgreSQL', () => {
  let server: PostgresServer;
  let pool: Pool;
  let records: RecordStore;
  beforeAll(async () => {
    server = await startPostgresServer();
    pool = new Pool({ connectionString: `${server.url}/postgres` });
    const queries = openQueries(pool, 30_000);
    await migrate(queries, 'mfa');
    records = createRecords({
      ...postgresDocuments(queries, 'mfa'),
      ...postgresEvents(queries, 'mfa'),
      ...postgresIndexes(queries, 'mfa'),
      ...postgresQueues(queries, 'mfa'),
      findWeaknesses,
    });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  describeAll(() => records);
});
