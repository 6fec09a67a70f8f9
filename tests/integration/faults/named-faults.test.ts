import { Pool, type PoolConfig } from 'pg';
import { memoryState } from '../../../src/index';
import { postgresRecords } from '../../../src/postgres';
import { redisRecords } from '../../../src/redis';
import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { withRules, type Records } from '../../support/records';
import { connectRedis } from '../../support/redis-client';
import { startRedisServer } from '../../support/redis-server';
import { findFreePort } from '../../support/free-port';

// An operator has to see from the log alone what is wrong with the database, and a visitor must not.

const PATIENT = { timeoutMs: 30_000 };

async function expectRefusal(records: Records, reason: RegExp): Promise<void> {
  const portal = createPortal({ records, state: memoryState() });
  const answer = await visit(portal).logIn('ada');
  expect([answer.status, answer.body]).toEqual([
    503,
    expect.objectContaining({ because: 'store-unavailable' }),
  ]);
  expect(answer.text).not.toMatch(/postgres|redis/i);
  expect(portal.errors.map(String).join('\n')).toMatch(reason);
  await portal.mfa.close();
}

describe('records in PostgreSQL', () => {
  const schema = 'named_faults';
  const url = () => process.env['TEST_POSTGRES_URL'] ?? '';
  const pools: Pool[] = [];
  const connect = (config: PoolConfig = {}) => {
    const pool = new Pool({ connectionString: url(), ...config });
    pools.push(pool);
    return pool;
  };
  const recordsIn = (pool: Pool, timeoutMs = PATIENT.timeoutMs) =>
    withRules(postgresRecords(pool, { schema, timeoutMs }));
  beforeAll(() => postgresRecords(connect(), { schema, ...PATIENT }).migrate());
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
  });

  it('refuse with 503 and name the address where nothing listens', async () => {
    const port = await findFreePort();
    const pool = connect({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
    await expectRefusal(recordsIn(pool), new RegExp(`PostgreSQL is unavailable: .*${port}`));
  });

  it('refuse with 503 and say that the database does not answer in time', async () => {
    const locker = await connect().connect();
    await locker.query(`BEGIN; LOCK TABLE ${schema}.user_documents IN ACCESS EXCLUSIVE MODE`);
    await expectRefusal(recordsIn(connect(), 1000), /PostgreSQL is unavailable: it did not answer in time/);
    await locker.query('ROLLBACK');
    locker.release();
  });

  it('refuse with 503 and say that the database is read-only', async () => {
    const pool = connect({ options: '-c default_transaction_read_only=on' });
    await expectRefusal(recordsIn(pool), /PostgreSQL is unavailable: it is read-only/);
  });

  it('refuse with 503 and say that the disk is full', async () => {
    const pool = connect();
    await pool.query(
      `CREATE FUNCTION ${schema}.full() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
       CREATE TRIGGER full_disk BEFORE INSERT ON ${schema}.user_documents EXECUTE FUNCTION ${schema}.full()`,
    );
    await expectRefusal(recordsIn(pool), /PostgreSQL is unavailable: its disk is full/);
    await pool.query(`DROP TRIGGER full_disk ON ${schema}.user_documents`);
  });

  it('refuse with 503 and say that the tables are of a later version', async () => {
    const pool = connect();
    await pool.query(`INSERT INTO ${schema}.migrations (id, breaking) VALUES (99, true)`);
    await expectRefusal(recordsIn(pool), /PostgreSQL is unavailable: its schema is of a later version/);
    await pool.query(`DELETE FROM ${schema}.migrations WHERE id = 99`);
  });
});

describe('records in Redis', () => {
  it.each([
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], /Redis is unavailable: OOM/],
    ['a replica', ['REPLICAOF', '127.0.0.1', '1'], /Redis is unavailable: READONLY/],
  ] as const)('refuse with 503 and say that the server is %s', async (_, [name, ...args], reason) => {
    const server = await startRedisServer();
    const redis = connectRedis(server.url);
    await redis.call(name, ...args);
    await expectRefusal(withRules(redisRecords(redis, PATIENT)), reason);
    redis.disconnect();
    await server.stop();
  });
});
