import { redisRecords } from '../../support/records';
import { redisState } from '../../../src/redis';
import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { totpCode } from '../../support/totp';

// The attack: a part of the records is lost or made to be lost, the organization's policy with it. "Nothing saved" would read
// as "off", and whoever has a password would come in by it alone.

describe('an organization whose policy is lost', () => {
  const redis = connectRedis();
  const opened: Portal[] = [];
  beforeEach(() => redis.flushdb());
  afterAll(async () => {
    for (const { mfa } of opened) await mfa.close();
    redis.disconnect();
  });

  async function openPortal() {
    const portal = createPortal({
      records: redisRecords(redis, { prefix: 'kept' }),
      state: redisState(redis, { prefix: 'gone' }),
    });
    opened.push(portal);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    return portal;
  }

  async function lose(pattern: string) {
    const keys = await redis.keys(pattern);
    expect(keys.length).toBeGreaterThan(0);
    await redis.del(...keys);
  }

  const logIn = async (portal: Portal, username: string) => {
    const guest = visit(portal);
    return { guest, login: (await guest.logIn(username)).body };
  };

  it('still asks who has an app, ends the sessions that were open, and lets nobody enroll around it', async () => {
    const portal = await openPortal();
    const { secret } = await plantApp(portal, 'ada');
    const code = () => totpCode(secret, portal.clock.now());
    const open = await logIn(portal, 'ada');
    await open.guest.postJson('/mfa/challenge', { code: code() });
    expect((await open.guest.getJson('/')).status).toBe(200);
    await lose('kept:{organization:acme}*');
    expect((await open.guest.getJson('/')).body).toMatchObject({ outcome: 'sign-in' });

    portal.clock.advance(30_000);
    const { guest, login } = await logIn(portal, 'ada');
    expect(login).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
    expect((await guest.postJson('/mfa/enroll/totp')).body).not.toHaveProperty('totp');
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    expect((await guest.postJson('/mfa/challenge', { code: code() })).body).toMatchObject({
      outcome: 'signed-in',
    });
    expect((await guest.getJson('/')).status).toBe(200);
    expect((await guest.postJson('/payouts')).status).toBe(200);
    // A session that the host begins by itself is asked where it stands.
    const bySso = visit(portal);
    await bySso.post('/sso/ada');
    expect((await bySso.getJson('/')).body).toMatchObject({ outcome: 'challenge' });
    expect((await bySso.getJson('/whoami')).body).toMatchObject({ id: 'ada' });
  });

  it('still asks who has proven the address that was assigned', async () => {
    const portal = await openPortal();
    const member = { userId: 'mary', organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    const { guest } = await logIn(portal, 'mary');
    await guest.postJson('/mfa/challenge', { code: guest.newestCode('mary@acme.example') });
    await lose('kept:{organization:acme}*');
    portal.clock.advance(30_000);
    expect((await logIn(portal, 'mary')).login).toMatchObject({ outcome: 'challenge' });
  });

  it('refuses whom the directory calls enrolled where their own records are gone too', async () => {
    const portal = await openPortal();
    const person = addPerson(portal, { mfaEnrolled: true });
    await plantApp(portal, person.id);
    await lose('kept:*');
    const { guest, login } = await logIn(portal, person.username);
    expect(login).toMatchObject({ outcome: 'rejected', because: 'records-unavailable' });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });
});

describe('an organization that never saved a policy', () => {
  it('signs everybody in as before who has nothing to prove, also where an administrator prepared something', async () => {
    const portal = createPortal();
    await portal.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    for (const username of ['ada', 'mary']) {
      const login = await visit(portal).logIn(username);
      expect(login.body).toMatchObject({ outcome: 'signed-in', because: 'policy-off' });
    }
  });
});

describe('an organization that switched MFA off', () => {
  it('asks nobody, whatever they have and whatever the directory says', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: false });
    const person = addPerson(portal, { mfaEnrolled: true });
    await plantApp(portal, 'ada');
    for (const username of ['ada', person.username]) {
      const login = await visit(portal).logIn(username);
      expect(login.body).toMatchObject({ outcome: 'signed-in', because: 'policy-off' });
    }
  });
});
