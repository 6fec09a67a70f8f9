import { codeIn } from '../../support/docs';
import { openCommandFolder, type CommandFolder } from '../../support/command-line';
import { createHttpAgent } from '../../support/http-agent';
import { plantApp } from '../../support/planted';
import { createPortal, PASSWORD, portalUsers, TEST_KEY, type PortalUser } from '../../support/portal';
import { createPostgresDatabase } from '../../support/postgres-database';
import { redisUrl } from '../../support/redis-database';
import { startSmtpInbox, type SmtpInbox } from '../../support/smtp-inbox';
import { openRedisStores } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';
import { postgresRecords } from '../../../src/postgres';
import { Pool } from 'pg';

const GRACE: PortalUser = {
  id: '7',
  username: 'grace',
  name: 'Grace',
  password: PASSWORD,
  email: 'grace@acme.example',
  organizationId: 'acme',
};
const USERS = [GRACE, ...portalUsers()];

let inbox: SmtpInbox;
let folder: CommandFolder;
let stores: ReturnType<typeof openRedisStores>;
let pool: Pool;

beforeAll(async () => {
  inbox = await startSmtpInbox();
  const databaseUrl = await createPostgresDatabase();
  pool = new Pool({ connectionString: databaseUrl });
  stores = openRedisStores();
  folder = openCommandFolder({
    redisUrl: redisUrl(),
    databaseUrl,
    smtpUrl: inbox.url,
    keys: [TEST_KEY],
    users: USERS,
  });
});
afterAll(async () => {
  folder.remove();
  stores.close();
  await pool.end();
  await inbox.stop();
});

describe('docs/command.md', () => {
  it('prints the SQL of the tables and changes nothing', async () => {
    const { exitCode, stdout } = await folder.run(['migrate', '--sql']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(postgresRecords(pool).migrationSql());
    await expect(postgresRecords(pool).findOwner('any')).rejects.toThrow('a table does not exist');
  });

  it('shows a config file and commands that work, on a new database', async () => {
    const [config = ''] = codeIn('docs/command.md', 'Configuration');
    const app =
      "import open from './command-config.cjs';\nexport const { mfa, redis } = await open.default();\n";
    const own = { 'mfa.js': app, 'mfa.config.js': config, 'package.json': '{ "type": "module" }' };
    for (const [name, text] of Object.entries(own)) folder.write(name, text);
    folder.write('apps.csv', `userId,secret\nmary,${'0123456789abcdef'.repeat(2)}\n`);
    // First the tables, which are the last on the page.
    const commands = codeIn('docs/command.md', 'Commands', 'sh').toReversed();
    expect(commands.length).toBeGreaterThan(8);
    const answer = await folder.runShell(commands.join('\n'));
    expect(answer.exitCode).toBe(0);
    const printed = ['The tables are up to date.', '7 was reset', 'Decision: allow, policy-off', 'Grace (7)'];
    for (const text of printed) expect(answer.stdout).toContain(text);
    const { events } = await postgresRecords(pool).listEvents({ organizationId: 'acme', limit: 50 });
    const acted = events.filter(({ actorId }) => actorId?.startsWith('cli:') === true);
    expect(acted.map(({ name }) => name).toSorted()).toEqual([
      'authenticator-added',
      'exemption-granted',
      'member-reset',
      'proofs-unlocked',
      'sessions-ended',
      'sessions-ended',
    ]);
  });
});

describe('the break-glass of docs/operations.md', () => {
  it('lets one administrator in again where all are locked out and the state is lost', async () => {
    const records = postgresRecords(pool);
    const portal = createPortal(
      {
        records,
        state: stores.state,
        clock: Date,
        directory: { list: async () => ({ users: [...portal.users.values()] }) },
      },
      (app, mfa) => {
        const organizationsOf = () => [{ id: 'acme', name: 'Acme' }];
        app.use('/admin/mfa', mfa.adminPages({ organizationsOf }));
      },
    );
    portal.users.set('7', GRACE);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const limits = { perChallenge: 5, perUser: 1, perAuthenticator: 100, lockSeconds: 1800 };
    for (const userId of ['7', 'ada']) {
      // oxlint-disable-next-line no-await-in-loop
      const { id } = await plantApp({ records: portal.records, clock: Date }, userId);
      const guess = {
        userId,
        group: 'codes',
        authenticatorId: id,
        rank: 3,
        limits,
        now: Date.now(),
      } as const;
      // oxlint-disable-next-line no-await-in-loop
      await portal.records.spendGuess(guess);
    }
    await stores.redis.flushdb();
    const login = { username: 'grace', password: PASSWORD };
    const before = await createHttpAgent(portal.app).postJson('/mfa/login', login);
    expect(before.body).toMatchObject({ outcome: 'rejected', because: 'locked' });

    const [command = ''] = codeIn('docs/operations.md', 'Break-glass', 'sh');
    expect(await folder.runShell(command)).toMatchObject({ exitCode: 0 });

    const grace = createHttpAgent(portal.app);
    expect((await grace.postJson('/mfa/login', login)).body).toMatchObject({ outcome: 'enroll' });
    const { totp } = (await grace.postJson('/mfa/enroll/totp')).body;
    const code = totpCode(totp.secret, Date.now());
    expect((await grace.postJson('/mfa/enroll/totp/confirm', { code })).body.outcome).toBe('enrolled');
    expect((await grace.getJson('/admin/mfa/acme')).status).toBe(200);
    const ada = await createHttpAgent(portal.app).postJson('/mfa/login', { ...login, username: 'ada' });
    expect(ada.body).toMatchObject({ outcome: 'rejected', because: 'locked' });
    await portal.mfa.close();
  });
});
