import { Pool, type PoolConfig } from 'pg';
import { postgresRecords } from '../../src/postgres';
import { startPostgresServer, type PostgresServer } from '../support/postgres-server';
import { withRules, type Records } from '../support/records';
import { KEEP, NOW, aGuess, aPolicy, anAuthenticator, anEvent, newId } from './samples';

const unavailable = { code: 'store-unavailable', status: 503, expose: false };

function everyCall(records: Records): readonly Promise<unknown>[] {
  return [
    records.findMember('u', 'o'),
    records.findMembers(['u', 'v'], 'o'),
    records.findPolicy('o'),
    records.savePolicy(aPolicy({ organizationId: 'o' }), 0),
    records.establishUserEpoch('v', 'e'),
    records.replaceOrganizationEpoch('o', { epoch: 'e', endedAt: 1 }),
    records.spendGuess(aGuess({ userId: 'w' })),
    records.consumeRecoveryCode('x', { number: 1, codeHash: 'h' }),
    records.appendEvents([anEvent({ organizationId: 'o' })], KEEP),
    records.listEvents({ organizationId: 'o', limit: 1 }),
    records.listIndex({ organizationId: 'o', index: 'configured', limit: 1 }),
    records.takeDue('notices', { now: NOW, limit: 1, untilAt: NOW }),
    records.claim('key', { kind: 'user', id: 'u' }),
  ];
}

async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((result) => (result.status === 'rejected' ? result.reason : result.value));
}

describe('records in a PostgreSQL that is not well', () => {
  let server: PostgresServer;
  const pools: Pool[] = [];

  function connect(options: PoolConfig = {}): Pool {
    const pool = new Pool({ connectionString: `${server.url}/postgres`, ...options });
    // A pool tells of idle connections that break; the next call opens another.
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  }

  beforeAll(async () => {
    server = await startPostgresServer();
    await postgresRecords(connect()).migrate();
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await server.stop();
  });

  it('closes a connection whose network failed, and keeps one whose statement was refused', async () => {
    const broken = Object.assign(new Error('broken'), { code: 'EPIPE' });
    const refused = Object.assign(new Error('refused'), { code: '42P01', severity: 'ERROR' });
    const released: unknown[] = [];
    for (const error of [broken, refused]) {
      const client = {
        query: () => Promise.reject(error),
        release: (destroy?: boolean) => released.push(destroy),
        on: () => undefined,
        removeListener: () => undefined,
      };
      const pool = { connect: async () => client, query: client.query };
      const records = withRules(postgresRecords(pool));
      await expect(records.findPolicy('o')).rejects.toMatchObject(unavailable);
    }
    expect(released).toEqual([true, false]);
  });

  // unique_violation, duplicate_table, duplicate_schema and duplicate_object, as PostgreSQL answers now and then.
  it.each(['23505', '42P07', '42P06', '42710'])(
    'is set up where another process was first, as %s says',
    async (code) => {
      const pool = connect();
      const late = {
        query: () => Promise.reject(new Error('It takes a client.')),
        async connect() {
          const client = await pool.connect();
          return {
            async query(text: string, values?: unknown[]) {
              const answer = await client.query(text, values);
              if (/^CREATE (?:TABLE|SCHEMA)/.test(text))
                throw Object.assign(new Error('another was first'), { code, severity: 'ERROR' });
              return answer;
            },
            release: (destroy?: boolean) => client.release(destroy),
            on: (event: 'error', listener: () => void) => client.on(event, listener),
            removeListener: (event: 'error', listener: () => void) => client.removeListener(event, listener),
          };
        },
      };
      const records = postgresRecords(late, { schema: `rival_${code.toLowerCase()}` });
      await records.migrate();
      await expect(withRules(records).findPolicy('o')).resolves.toMatchObject({ policy: { version: 0 } });
    },
  );

  it('refuses every call while the server is down, and serves again when it is back', async () => {
    const pool = connect();
    const before = withRules(postgresRecords(pool, { timeoutMs: 30_000 }));
    await before.replaceUserEpoch('u', { epoch: 'before', endedAt: 1 });
    await server.crash();
    const down = withRules(postgresRecords(pool, { timeoutMs: 2000 }));
    for (const outcome of await outcomesOf(everyCall(down))) expect(outcome).toMatchObject(unavailable);
    await server.restart();
    expect((await before.findMember('u', 'acme')).epoch).toBe('before');
  });

  it('refuses what a lock holds up for too long, and uses its connection no more', async () => {
    const locker = await connect().connect();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE express_mfa.user_documents IN ACCESS EXCLUSIVE MODE');
    const pool = connect({ max: 1 });
    const records = withRules(postgresRecords(pool, { timeoutMs: 2000 }));
    await expect(records.findMember('u', 'acme')).rejects.toMatchObject(unavailable);
    await locker.query('ROLLBACK');
    locker.release();
    const patient = withRules(postgresRecords(pool, { timeoutMs: 30_000 }));
    expect((await patient.findMember('u', 'acme')).epoch).toBe('before');
  });

  it('says what to do where the tables are not there', async () => {
    const records = withRules(postgresRecords(connect(), { schema: 'not_there', timeoutMs: 30_000 }));
    await expect(records.findMember('u', 'acme')).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('migrate()'),
    });
  });

  it('says so where it is read-only, and names that as a weakness', async () => {
    const pool = connect({ options: '-c default_transaction_read_only=on' });
    const records = withRules(postgresRecords(pool, { timeoutMs: 30_000 }));
    expect((await records.findMember('u', 'acme')).epoch).toBe('before');
    await expect(records.establishUserEpoch(newId(), 'e')).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('read-only'),
    });
    expect(await records.findWeaknesses()).toEqual([
      expect.stringContaining('default_transaction_read_only'),
    ]);
  });

  it('names settings under which it may lose what it confirmed', async () => {
    const pool = connect({ options: '-c synchronous_commit=off' });
    await pool.query('CREATE SCHEMA unlogged; CREATE UNLOGGED TABLE unlogged.events (id int)');
    const records = postgresRecords(pool, { schema: 'unlogged', timeoutMs: 30_000 });
    expect(await records.findWeaknesses()).toEqual([
      expect.stringContaining('synchronous_commit'),
      expect.stringContaining('SET LOGGED'),
    ]);
    expect(await postgresRecords(connect(), { timeoutMs: 30_000 }).findWeaknesses()).toEqual([]);
  });

  it('refuses to work with tables of a later version, unless that says it may', async () => {
    const pool = connect();
    await pool.query('INSERT INTO express_mfa.migrations (id, breaking) VALUES (98, false)');
    const open = () => withRules(postgresRecords(pool, { timeoutMs: 30_000 }));
    expect((await open().findMember('u', 'acme')).epoch).toBe('before');
    await pool.query('INSERT INTO express_mfa.migrations (id, breaking) VALUES (99, true)');
    await expect(open().findMember('u', 'acme')).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('later version'),
    });
    await pool.query('DELETE FROM express_mfa.migrations WHERE id > 90');
  });

  it('shows members, authenticators and policies in SQL, without secrets', async () => {
    const pool = connect();
    const records = withRules(postgresRecords(pool, { timeoutMs: 30_000 }));
    const userId = newId();
    const app = anAuthenticator({ lastUsedAt: NOW });
    await records.addAuthenticator(userId, app);
    await records.savePolicy(aPolicy({ organizationId: userId, enabled: true }), 0);
    const ask = async (view: string, column: string) =>
      (await pool.query(`SELECT * FROM express_mfa.${view} WHERE ${column} = $1`, [userId])).rows;
    expect(await ask('member', 'user_id')).toMatchObject([{ authenticators: 1, recovery_codes_left: null }]);
    const shown = await ask('authenticator', 'user_id');
    expect(shown).toMatchObject([
      { id: app.id, kind: 'totp', label: app.label, last_used_at: new Date(NOW) },
    ]);
    expect(JSON.stringify(shown)).not.toContain(app.sealedSecret);
    expect(await ask('policy', 'organization_id')).toMatchObject([{ enabled: true, version: 1 }]);
  });

  it('loses no enrollment that it confirmed when it is killed, and leaves nobody half enrolled', async () => {
    const pool = connect();
    const records = withRules(postgresRecords(pool, { timeoutMs: 5000 }));
    const users = Array.from({ length: 1000 }, (_, place) => `enrolled-${place}`);
    const confirmed: string[] = [];
    let crashed: Promise<void> | undefined;
    const waiting = users.values();
    async function enroll(): Promise<void> {
      for (const userId of waiting) {
        try {
          // oxlint-disable-next-line no-await-in-loop
          await records.establishUserEpoch(userId, 'epoch');
          // oxlint-disable-next-line no-await-in-loop
          const isBound = await records.bindAuthenticator(userId, anAuthenticator(), {
            expected: { epoch: 'epoch', authenticators: 0 },
            recoveryCodes: { codes: [{ number: 1, codeHash: 'hash' }], issuedAt: NOW },
          });
          if (isBound) confirmed.push(userId);
        } catch (error) {
          expect(error).toMatchObject(unavailable);
        }
        if (confirmed.length === 300) crashed ??= server.crash();
      }
    }
    await Promise.all(Array.from({ length: 8 }, enroll));
    await crashed;
    expect(confirmed.length).toBeGreaterThanOrEqual(300);
    expect(confirmed.length).toBeLessThan(1000);
    await server.restart();
    const after = withRules(postgresRecords(connect(), { timeoutMs: 30_000 }));
    const members = await after.findMembers(users, 'acme');
    const enrolled = members.filter(({ authenticators }) => authenticators.length > 0);
    const whole = members.filter(
      ({ authenticators, recoveryCodesLeft }) => authenticators.length === 1 && recoveryCodesLeft === 1,
    );
    expect(whole).toHaveLength(enrolled.length);
    const codes = await Promise.all(users.map((userId) => after.findRecoveryCode(userId, 1)));
    expect(codes.filter((code) => code !== undefined)).toHaveLength(enrolled.length);
    const found = new Set(enrolled.map(({ userId }) => userId));
    expect(confirmed.filter((userId) => !found.has(userId))).toEqual([]);
    // At most those that were under way when it was killed were bound without an answer.
    expect(found.size - confirmed.length).toBeLessThanOrEqual(8);
  });
});
