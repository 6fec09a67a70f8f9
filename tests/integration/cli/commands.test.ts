import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { createMfa, createOutbox } from '../../../src/index';
import { openCommandFolder, type CommandFolder, type CommandSetup } from '../../support/command-line';
import { plantAddress, plantApp, plantRecoveryCodes } from '../../support/planted';
import { portalUsers, TEST_KEY, type PortalUser } from '../../support/portal';
import { redisUrl } from '../../support/redis-database';
import { startSmtpInbox, type SmtpInbox } from '../../support/smtp-inbox';
import { openRedisStores } from '../../support/store-kinds';

const ACTOR = `cli:${userInfo().username}@${hostname()}`;
const USERS: readonly PortalUser[] = portalUsers();
const clock = Date;

describe('express-mfa with records in Redis', () => {
  let stores: ReturnType<typeof openRedisStores>;
  let inbox: SmtpInbox;
  let folder: CommandFolder;
  let mfa: ReturnType<typeof openMfa>;

  function openMfa() {
    return createMfa<PortalUser>({
      issuer: 'Acme Portal',
      baseUrl: 'http://localhost',
      keys: [TEST_KEY],
      records: stores.records,
      state: stores.state,
      email: createOutbox().email,
      users: { findById: (id) => USERS.find((user) => user.id === id) },
    });
  }

  beforeAll(async () => {
    stores = openRedisStores();
    inbox = await startSmtpInbox();
    const setup: CommandSetup = {
      redisUrl: redisUrl(),
      smtpUrl: inbox.url,
      keys: [TEST_KEY],
      users: USERS,
      memberships: { linus: ['acme', 'globex'] },
    };
    folder = openCommandFolder(setup);
    mfa = openMfa();
    await mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await mfa.policies.save('globex', { enabled: true, enrollment: 'required' });
  });
  beforeEach(() => inbox.mails.clear());
  afterAll(async () => {
    await mfa.close();
    folder.remove();
    await inbox.stop();
    stores.close();
  });

  const plot = () => ({ records: stores.records, clock });

  async function newestEvent(organizationId = 'acme') {
    const { events } = await stores.records.listEvents({ organizationId, limit: 1 });
    return events[0];
  }

  it('resets a person, with event and notice', async () => {
    await plantApp(plot(), 'ada');
    await plantRecoveryCodes(plot(), 'ada', 2);
    const answer = await folder.runJson('reset', 'ada', '--reason', 'Lost the phone');
    expect(answer).toEqual({ exitCode: 0, json: { outcome: 'reset', removed: 1, userId: 'ada' } });
    expect(await mfa.members.describe({ userId: 'ada' })).toMatchObject({
      authenticators: [],
      recoveryCodesLeft: 0,
    });
    expect(await newestEvent()).toMatchObject({
      name: 'member-reset',
      userId: 'ada',
      actorId: ACTOR,
      details: { reason: 'Lost the phone', removed: 1 },
    });
    expect(inbox.mails.all).toMatchObject([{ envelopeTo: ['ada@acme.example'] }]);
  });

  it('resets nobody whose factors protect another organization, without --everywhere', async () => {
    await plantApp(plot(), 'linus');
    const args = ['reset', 'linus', '--reason', 'Lost the phone'];
    const refused = await folder.run(args);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('write express-mfa reset linus --everywhere');
    expect(await mfa.authenticators.list('linus')).toHaveLength(1);
    expect(await folder.run([...args, '--everywhere'])).toMatchObject({
      exitCode: 0,
      stdout:
        'linus was reset: 1 factor was removed. They set up a new one at the next sign-in, if the policy asks for one.\n',
    });
    expect(await mfa.authenticators.list('linus')).toEqual([]);
    expect(await newestEvent('globex')).toMatchObject({ name: 'member-reset', actorId: ACTOR });
  });

  it('unlocks a person', async () => {
    const app = await plantApp(plot(), 'ada');
    const limits = { perChallenge: 5, perUser: 1, perAuthenticator: 100, lockSeconds: 1800 };
    for (let guess = 0; guess < 2; guess += 1)
      await stores.records.spendGuess({
        userId: 'ada',
        group: 'codes',
        authenticatorId: app.id,
        rank: 3,
        limits,
        now: Date.now(),
      });
    const member = { userId: 'ada' };
    const before = await mfa.members.describe(member);
    expect(before?.mfa.lockedUntil).toBeGreaterThan(Date.now());
    const answer = await folder.runJson('unlock', 'ada', '--reason', 'Called back');
    expect(answer).toEqual({ exitCode: 0, json: { outcome: 'unlocked', userId: 'ada' } });
    expect((await mfa.members.describe(member))?.mfa.lockedUntil).toBeUndefined();
    expect(await newestEvent()).toMatchObject({
      name: 'proofs-unlocked',
      actorId: ACTOR,
      details: { reason: 'Called back' },
    });
  });

  it('exempts a person for some days, and ends it', async () => {
    const before = Date.now();
    const granted = await folder.runJson('exempt', 'sync', '--days', '30', '--reason', 'Export');
    expect(granted).toMatchObject({
      exitCode: 0,
      json: { outcome: 'granted', userId: 'sync', exemption: { reason: 'Export', grantedBy: ACTOR } },
    });
    const settings = await mfa.members.get({ userId: 'sync' });
    expect(settings?.exemption?.until).toBeGreaterThanOrEqual(before + 30 * 86_400_000);
    expect(await newestEvent()).toMatchObject({ name: 'exemption-granted', actorId: ACTOR });
    const ended = await folder.runJson('exempt', 'sync', '--end', '--reason', 'The export is gone');
    expect(ended).toEqual({ exitCode: 0, json: { outcome: 'ended', userId: 'sync' } });
    expect((await mfa.members.get({ userId: 'sync' }))?.exemption).toBeNull();
    expect(await newestEvent()).toMatchObject({
      name: 'exemption-ended',
      details: { reason: 'The export is gone' },
    });
  });

  it('refuses an exemption that ended before it began', async () => {
    const answer = await folder.run(['exempt', 'mary', '--until', '2020-01-01', '--reason', 'Export']);
    expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
    expect(answer.stderr).toContain('The end is not in the future. Write a later one: --days 30\n');
    expect((await mfa.members.get({ userId: 'mary' }))?.exemption).toBeNull();
  });

  it('ends the sessions of a person, and of an organization', async () => {
    const epochs = async () => [
      (await stores.records.findMember('mary', 'acme')).epoch,
      (await stores.records.findPolicy('acme')).epoch,
    ];
    const [member, organization] = await epochs();
    const one = await folder.runJson('end-sessions', 'mary', '--reason', 'The laptop was stolen');
    expect(one).toEqual({ exitCode: 0, json: { outcome: 'ended', userId: 'mary' } });
    expect(await newestEvent()).toMatchObject({
      name: 'sessions-ended',
      userId: 'mary',
      actorId: ACTOR,
      details: { scope: 'user', reason: 'The laptop was stolen' },
    });
    const all = await folder.runJson(
      'end-sessions',
      '--organization',
      'acme',
      '--reason',
      'A key has leaked',
    );
    expect(all).toEqual({ exitCode: 0, json: { outcome: 'ended', organizationId: 'acme' } });
    expect(await newestEvent()).toMatchObject({ actorId: ACTOR, details: { scope: 'organization' } });
    const [memberAfter, organizationAfter] = await epochs();
    expect(memberAfter).not.toBe(member);
    expect(organizationAfter).not.toBe(organization);
  });

  it('shows a person without secrets or full addresses', async () => {
    const app = await plantApp(plot(), 'mary');
    await plantAddress(plot(), 'mary', { kind: 'email', destination: 'mary@home.example' });
    const shown = await folder.run(['status', 'mary']);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toContain('Mary (mary)\n');
    expect(shown.stdout).toContain('totp, "App", added ');
    const { json } = await folder.runJson('status', 'mary');
    expect(json).toMatchObject({ outcome: 'found', member: { id: 'mary', mfa: { configured: true } } });
    for (const text of [shown.stdout, JSON.stringify(json)]) {
      expect(text).not.toContain(app.secret);
      expect(text).not.toContain('mary@home.example');
      expect(text).not.toContain('mary@acme.example');
      expect(text).not.toMatch(/sealed/i);
    }
  });

  it('explains a decision rule by rule', async () => {
    const explained = await folder.run(['explain', 'mary']);
    expect(explained.exitCode).toBe(0);
    expect(explained.stdout).toContain('Decision: challenge, assurance-too-low, any of totp');
    expect(explained.stdout).toMatch(/^> factor-must-be-proven +challenge/m);
    expect(explained.stdout).toMatch(/^ {2}exempt +no result$/m);
  });

  it('reports how many members have a factor', async () => {
    expect(await folder.runJson('report', '--organization', 'acme')).toMatchObject({
      exitCode: 0,
      json: { outcome: 'reported', organizationId: 'acme', counting: null, byKind: { totp: 2 } },
    });
  });

  it('checks the setup, and says which secrets no key opens', async () => {
    expect(await folder.runJson('check', '--user', 'mary')).toMatchObject({
      exitCode: 0,
      json: { outcome: 'checked', ok: true },
    });
    const setup = { redisUrl: redisUrl(), smtpUrl: inbox.url, users: USERS };
    const other = openCommandFolder({ ...setup, keys: [randomBytes(32).toString('base64')] });
    const answer = await other.run(['check', '--user', 'mary']);
    expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
    expect(answer.stderr).toContain('error: keys: 2 of 2 secrets open with none of the keys');
    const resealed = await other.runJson('reseal', 'mary', '--organization', 'acme');
    expect(resealed).toEqual({
      exitCode: 1,
      json: { outcome: 'resealed', organizationId: 'acme', users: 1, resealed: 0, unreadable: 2 },
    });
    other.remove();
  });

  it('seals again under the first key', async () => {
    const first = randomBytes(32).toString('base64');
    const setup = { redisUrl: redisUrl(), smtpUrl: inbox.url, users: USERS, keys: [first, TEST_KEY] };
    const rotated = openCommandFolder(setup);
    const again = () => rotated.runJson('reseal', '--organization', 'acme');
    const json = { outcome: 'resealed', organizationId: 'acme', users: 4, unreadable: 0 };
    expect(await again()).toEqual({ exitCode: 0, json: { ...json, resealed: 3 } });
    expect(await again()).toEqual({ exitCode: 0, json: { ...json, resealed: 0 } });
    rotated.remove();
  });

  it('has no tables to migrate', async () => {
    expect(await folder.runJson('migrate')).toEqual({ exitCode: 0, json: { outcome: 'no-tables' } });
  });

  it('says that the user table has nobody of that id', async () => {
    const answer = await folder.run(['reset', 'nobody', '--reason', 'Lost the phone']);
    expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
    expect(answer.stderr).toContain('The user table has no user "nobody"');
  });
});
