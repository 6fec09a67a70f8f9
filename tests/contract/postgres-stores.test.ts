import { Pool } from 'pg';
import { documentsIn } from '../../src/stores/postgres/documents';
import { migrate } from '../../src/stores/postgres/migrations';
import { openQueries } from '../../src/stores/postgres/queries';
import { memberIndexesIn } from '../../src/stores/postgres/member-indexes';
import { queuesIn } from '../../src/stores/postgres/queues';
import { startPostgresServer, type PostgresServer } from '../support/postgres-server';
import { describeDocuments } from './documents';
import { describeIndexes } from './indexes';
import { describeQueues } from './queues';

describe('in PostgreSQL', () => {
  let server: PostgresServer;
  let pool: Pool;
  let documents: ReturnType<typeof documentsIn>;
  let indexes: ReturnType<typeof memberIndexesIn>;
  let queues: ReturnType<typeof queuesIn>;
  beforeAll(async () => {
    server = await startPostgresServer();
    pool = new Pool({ connectionString: `${server.url}/postgres` });
    const queries = openQueries(pool, 30_000);
    await Promise.all([migrate(queries, 'mfa'), migrate(openQueries(pool, 30_000), 'mfa')]);
    documents = documentsIn(queries, 'mfa');
    indexes = memberIndexesIn(queries, 'mfa');
    queues = queuesIn(queries, 'mfa');
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  describeDocuments(() => documents);
  describeQueues(() => queues);
  describeIndexes(() => indexes);
});
