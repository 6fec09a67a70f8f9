import { addPerson, visit } from '../../support/member';
import { textOf } from '../../support/page-text';
import { organizationsAt } from '../../support/organizations';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

const portal = createPortal({ featureAvailable: (organizationId) => organizationId !== 'without' });
const { clock, mfa } = portal;
const { organizationWith, signIn, signInWithApp } = organizationsAt(portal);

afterAll(() => mfa.settled());

describe('lost records', () => {
  it('let nobody in whom the directory knows as enrolled', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId, mfaEnrolled: true });
    const { guest, login } = await signIn(person);
    expect(login).toMatchObject({ outcome: 'rejected', because: 'records-unavailable' });
    expect((await guest.postJson('/mfa/enroll/totp')).status).toBe(401);
    const found = addPerson(portal, { organizationId, mfaEnrolled: true });
    const { guest: inside } = await signInWithApp(found);
    await portal.records.removeAllAuthenticators(found.id);
    const denied = await inside.getJson('/');
    expect([denied.status, denied.body]).toMatchObject([
      403,
      { outcome: 'deny', because: 'records-unavailable' },
    ]);
    expect((await inside.postJson('/mfa/enroll/totp')).status).toBe(403);
  });
});

describe('a method that the organization does not accept any more', () => {
  it('is said to be why another one is asked for', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId });
    const { guest } = await signInWithApp(person);
    await mfa.policies.save(organizationId, { methods: ['email'] });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll' });
    const page = textOf((await guest.get('/mfa/enroll')).text);
    expect(page).toContain('Your organization no longer accepts the method you have.');
  });
});

describe('people whom somebody else answers for', () => {
  it('are left to their provider, unless the policy or a factor of their own says otherwise', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId, federated: true });
    const guest = visit(portal);
    await guest.post(`/sso/${person.id}`);
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.policies.save(organizationId, { challengeFederated: true });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    await mfa.policies.save(organizationId, { challengeFederated: false });
    expect((await guest.getJson('/')).status).toBe(200);
    await plantApp(portal, person.id);
    expect((await guest.getJson('/')).body).toMatchObject({
      outcome: 'challenge',
      because: 'assurance-too-low',
    });
  });

  it('are not asked, and see no page of it, where the feature does not exist', async () => {
    await mfa.policies.save('without', { enabled: true, enrollment: 'required' });
    const { guest, login } = await signIn(addPerson(portal, { organizationId: 'without' }));
    expect(login).toMatchObject({ outcome: 'signed-in', because: 'policy-off' });
    expect((await guest.getJson('/')).status).toBe(200);
    expect((await guest.getJson('/mfa/enroll')).status).toBe(404);
    expect((await guest.postJson('/mfa/enroll/totp')).status).toBe(404);
  });
});

describe('a person of several organizations', () => {
  it('obeys the policy of the one they are in, from the next request', async () => {
    const lax = await organizationWith({ enrollment: 'assigned' });
    const strict = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId: lax });
    const { guest } = await signIn(person);
    expect((await guest.getJson('/')).status).toBe(200);
    portal.users.set(person.id, { ...person, organizationId: strict });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    portal.users.set(person.id, { ...person, organizationId: lax });
    expect((await guest.getJson('/')).status).toBe(200);
  });

  it('does not outlive the end of the sessions of one by a visit to another', async () => {
    const [here, there] = [
      await organizationWith({ enabled: false }),
      await organizationWith({ enabled: false }),
    ];
    const person = addPerson(portal, { organizationId: here });
    const { guest } = await signIn(person);
    portal.users.set(person.id, { ...person, organizationId: there });
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.policies.endAllSessions(here);
    expect((await guest.getJson('/')).status).toBe(200);
    portal.users.set(person.id, { ...person, organizationId: here });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'sign-in', because: 'session-ended' });
  });

  it('ends with the account, at once', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId });
    const { guest, secret } = await signInWithApp(person);
    const { guest: half } = await signIn(person);
    portal.users.set(person.id, { ...person, active: false });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'sign-in', because: 'session-ended' });
    const late = await half.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(late.body).toMatchObject({ outcome: 'rejected', because: 'session-ended' });
    expect((await signIn(person)).login).toMatchObject({ outcome: 'rejected' });
  });
});
