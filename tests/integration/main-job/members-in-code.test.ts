import { plantApp } from '../../support/planted';
import { createPortal, portalUsers } from '../../support/portal';

const ADA = { userId: 'ada', organizationId: 'acme' };

async function aPortal() {
  const portal = createPortal({ directory: { list: async () => ({ users: portalUsers() }) } });
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  return portal;
}

describe('members.describe', () => {
  it('shows methods, settings and the newest events', async () => {
    const portal = await aPortal();
    const { id } = await plantApp(portal, 'ada');
    await portal.mfa.members.unlock({ ...ADA, actorId: 'root' }, { reason: ' Called\nback ' });
    expect(await portal.mfa.members.describe({ userId: 'ada' })).toMatchObject({
      id: 'ada',
      mfa: { configured: true, kinds: ['totp'] },
      authenticators: [{ id, kind: 'totp' }],
      sessions: 0,
      history: [{ name: 'proofs-unlocked', actorId: 'root', details: { reason: 'Called back' } }],
    });
  });

  it('finds nobody in another organization', async () => {
    const { mfa } = await aPortal();
    expect(await mfa.members.describe({ userId: 'ada', organizationId: 'globex' })).toBeNull();
    expect(await mfa.members.describe({ userId: 'nobody' })).toBeNull();
    expect(await mfa.members.explain({ userId: 'ada', organizationId: 'globex' })).toBeNull();
  });
});

describe('members.explain', () => {
  it('says what is decided after the password, and what each rule says', async () => {
    const portal = await aPortal();
    await plantApp(portal, 'ada');
    const explained = await portal.mfa.members.explain({ userId: 'ada' });
    expect(explained?.decision).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
    const [first, ...rest] = explained?.verdicts.filter(({ decision }) => decision !== null) ?? [];
    expect(first).toEqual({ rule: 'factor-must-be-proven', decision: explained?.decision });
    expect(rest).toContainEqual({
      rule: 'no-factor-asked',
      decision: { outcome: 'allow', because: 'not-enrolled-optional' },
    });
  });

  it('judges a route that asks for a fresh proof', async () => {
    const { mfa, clock } = await aPortal();
    const member = { ...ADA, userId: 'sync', actorId: 'ada' };
    await mfa.members.exempt(member, { reason: 'Export', until: clock.now() + 60_000 });
    const policy = await mfa.members.explain(member);
    expect(policy?.decision).toEqual({ outcome: 'allow', because: 'exempt' });
    const route = await mfa.members.explain(member, { maxAgeSeconds: 300 });
    expect(route?.decision).toMatchObject({ outcome: 'enroll', because: 'required' });
  });

  it('takes people of an identity provider as signed in by it, and inactive ones as signed out', async () => {
    const { mfa, users } = await aPortal();
    const linus = await mfa.members.explain({ userId: 'linus' });
    expect(linus?.decision).toEqual({ outcome: 'allow', because: 'federated' });
    users.set('mary', { ...portalUsers()[1]!, active: false });
    const mary = await mfa.members.explain({ userId: 'mary' });
    expect(mary?.decision).toEqual({ outcome: 'sign-in', because: 'session-ended' });
  });
});

describe('members.report', () => {
  it('counts who has a factor', async () => {
    const portal = await aPortal();
    await plantApp(portal, 'ada');
    await portal.mfa.members.report({ organizationId: 'acme' });
    await portal.mfa.close();
    expect(await portal.mfa.members.report({ organizationId: 'acme' })).toMatchObject({
      members: 4,
      configured: 1,
      byKind: { totp: 1 },
      federated: 1,
    });
  });

  it('is refused without a list of users', async () => {
    const { mfa } = createPortal();
    await expect(mfa.members.report()).rejects.toMatchObject({ option: 'users.list' });
  });
});

describe('a reason', () => {
  it('stands in the event when sessions are ended', async () => {
    const { mfa, records } = await aPortal();
    await mfa.sessionsOf('ada').endAll({ actorId: 'root', reason: 'The laptop was stolen' });
    await mfa.policies.endAllSessions('acme', { reason: 'A key has leaked' });
    await mfa.settled();
    const { events } = await records.listEvents({
      organizationId: 'acme',
      names: ['sessions-ended'],
      limit: 5,
    });
    expect(events).toMatchObject([
      { actorId: 'host', details: { scope: 'organization', reason: 'A key has leaked' } },
      { userId: 'ada', actorId: 'root', details: { scope: 'user', reason: 'The laptop was stolen' } },
    ]);
  });
});

describe('migrate', () => {
  it('has nothing to do for records without tables', async () => {
    const { mfa } = createPortal();
    expect(await mfa.migrate()).toEqual({ outcome: 'no-tables' });
    expect(mfa.migrationSql()).toBeNull();
  });
});
