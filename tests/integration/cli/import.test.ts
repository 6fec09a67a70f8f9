import { randomBytes } from 'node:crypto';
import { createMfa } from '../../../src/index';
import { openCommandFolder, type CommandFolder } from '../../support/command-line';
import { portalUsers, TEST_KEY, type PortalUser } from '../../support/portal';
import { redisUrl } from '../../support/redis-database';
import { openRedisStores } from '../../support/store-kinds';

const USERS = portalUsers();
const WHY = ['--reason', 'Moved from our own login'];

let stores: ReturnType<typeof openRedisStores>;
let folder: CommandFolder;
let mfa: ReturnType<typeof openMfa>;

const openMfa = () =>
  createMfa<PortalUser>({
    issuer: 'Acme Portal',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    records: stores.records,
    state: stores.state,
    users: { findById: (id) => USERS.find((user) => user.id === id) },
  });

beforeAll(() => {
  stores = openRedisStores();
  // Nobody is told by email, so no mail server is asked.
  folder = openCommandFolder({
    redisUrl: redisUrl(),
    smtpUrl: 'smtp://127.0.0.1:1',
    keys: [TEST_KEY],
    users: USERS,
  });
  mfa = openMfa();
});
afterAll(async () => {
  await mfa.close();
  folder.remove();
  stores.close();
});

describe('express-mfa import', () => {
  it('tries a CSV file, then imports it, then has nothing left to do', async () => {
    const [ada, mary] = [randomBytes(20).toString('hex'), randomBytes(32).toString('hex')];
    folder.write(
      'apps.csv',
      `\ufeffuserId,secret,algorithm,digits,label\r\nada,${ada},,,"Ada's ""old"" phone"\r\nmary,${mary},SHA256,8,\r\n\r\n`,
    );
    const args = ['apps.csv', '--encoding', 'hex'];
    const counts = { read: 2, imported: 2, skipped: {}, refusals: [] };
    const tried = await folder.runJson('import', ...args, '--dry-run');
    expect(tried).toEqual({ exitCode: 0, json: { outcome: 'dry-run', ...counts } });
    expect(await mfa.authenticators.list('ada')).toEqual([]);
    const done = await folder.run(['import', ...args, ...WHY]);
    expect(done).toMatchObject({ exitCode: 0, stdout: '2 rows read, 2 imported.\n' });
    expect(await mfa.authenticators.list('ada')).toMatchObject([{ label: 'Ada\'s "old" phone' }]);
    const again = await folder.run(['import', ...args, ...WHY]);
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: '2 rows read, 0 imported.\n2 skipped: already-imported\n',
    });
    const { events } = await stores.records.listEvents({ organizationId: 'acme', limit: 5 });
    expect(events).toMatchObject([
      { name: 'authenticator-added', details: { imported: true, reason: WHY[1] } },
      { name: 'authenticator-added', actorId: expect.stringMatching(/^cli:.+@.+$/) },
    ]);
  });

  it('reads JSON lines from stdin, and names the rows that it refuses', async () => {
    const secret = randomBytes(20).toString('base64');
    const weak = randomBytes(10).toString('base64');
    const lines = [
      { userId: 'sync', secret },
      { userId: 'nobody', secret },
      { userId: 'linus', secret: weak, ref: 'old' },
      { userId: 'linus', secret, digits: 7 },
    ].map((row) => JSON.stringify(row));
    const answer = await folder.run(['import', '-', '--encoding', 'base64', ...WHY], `${lines.join('\n')}\n`);
    expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
    const said = [
      '4 rows read, 1 imported.',
      'row 2 (user nobody): unknown-user',
      'row 4: malformed: digits',
    ];
    for (const text of [...said, 'row 3 (user linus): secret-weak']) expect(answer.stderr).toContain(text);
    const allowed = ['import', '-', '--encoding', 'base64', '--dangerously-allow-weak-secrets', ...WHY];
    expect(await folder.run(allowed, lines[2])).toMatchObject({ exitCode: 0 });
    for (const hidden of [secret, weak]) expect(answer.stderr).not.toContain(hidden);
  });

  it.each([
    [
      'a line that is no JSON',
      'bad.jsonl',
      '{"userId":"7","secret":"topsecretvalue1"',
      'Line 1 is not a JSON object',
    ],
    ['no headings', 'bad.csv', '7,topsecretvalue1\n', 'The first line of a CSV file must name its columns'],
    [
      'a quotation mark',
      'bad.csv',
      'userId,secret\n7,top"secretvalue1\n',
      'A quotation mark is misplaced in row 1.',
    ],
    ['too many cells', 'bad.csv', 'userId,secret\n7,topsecretvalue1,8\n', 'Row 1 has 3 cells instead of 2.'],
  ])('names the place and prints nothing of a file with %s', async (_name, file, text, message) => {
    folder.write(file, text);
    const answer = await folder.run(['import', file, ...WHY]);
    expect(answer).toMatchObject({ exitCode: 2, stdout: '' });
    expect(answer.stderr).toContain(message);
    expect(answer.stderr).not.toContain('secretvalue1');
  });

  it('needs a reason, or a dry run', async () => {
    const answer = await folder.run(['import', 'apps.csv']);
    expect(answer.exitCode).toBe(2);
    expect(answer.stderr).toContain("Write --reason 'Moved from our own login', or --dry-run");
  });
});

describe('express-mfa forget', () => {
  it('erases a person, and only with --yes', async () => {
    await mfa.sessionsOf('linus').endAll({ actorId: 'root' });
    await mfa.settled();
    expect((await folder.run(['forget', 'linus'])).exitCode).toBe(2);
    expect((await stores.records.findMember('linus', 'acme')).epoch).not.toBeNull();
    expect(await folder.runJson('forget', 'linus', '--yes')).toEqual({
      exitCode: 0,
      json: { outcome: 'forgotten', userId: 'linus' },
    });
    expect((await stores.records.findMember('linus', 'acme')).epoch).toBeNull();
    const { events } = await stores.records.listEvents({ organizationId: 'acme', limit: 50 });
    expect(JSON.stringify(events)).not.toContain('linus');
  });
});
