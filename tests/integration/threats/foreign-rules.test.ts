import { createAdminHost, signIn, signInProtected } from '../../support/admin-host';
import { addPerson, visit } from '../../support/member';
import type { Member } from '../../support/member';
import { aPasskey, registerPasskey } from '../../support/passkeys';
import { plantAddress, plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal, PortalUser } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// The attack: somebody belongs to a strict and to a lax organization, or administers the lax one and knows the password of one who does.
// They sign in under the lax rules and go on to the strict organization in the same session.

describe.each(storeKinds)('a session that goes to a stricter organization, on $kind', ({ open }) => {
  const { close, records, state } = open();
  const portal: Portal = createPortal({
    records,
    state,
    directory: { membershipsOf: () => ['strict', 'lax'] },
  });
  const { mfa, users, clock } = portal;
  afterAll(async () => {
    await mfa.close();
    close();
  });

  beforeAll(async () => {
    await mfa.policies.save('strict', { enabled: true, enrollment: 'required', methods: ['totp'] });
    await mfa.policies.save('lax', {
      enabled: true,
      enrollment: 'optional',
      methods: ['totp', 'sms', 'email'],
      rememberBrowserSeconds: 86_400,
    });
  });

  const go = (person: PortalUser, organizationId: string) =>
    void users.set(person.id, { ...(users.get(person.id) as PortalUser), organizationId });
  const inLax = () => addPerson(portal, { organizationId: 'lax' });
  const challenge = { outcome: 'challenge', because: 'assurance-too-low' };

  async function proveApp(guest: Member, secret: string) {
    clock.advance(30_000);
    const { body } = await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(body).toMatchObject({ outcome: 'signed-in' });
    expect((await guest.getJson('/plain')).status).toBe(200);
  }

  it('proves the app there, where an administrator of the other assigned codes by email', async () => {
    const person = inLax();
    const { secret } = await plantApp(portal, person.id);
    const member = { userId: person.id, organizationId: 'lax' };
    await mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    const guest = visit(portal);
    expect((await guest.logIn(person.username)).body.sent).toMatchObject({ kind: 'email' });
    await guest.postJson('/mfa/challenge', { code: guest.newestCode(person.email ?? '') });
    expect((await guest.getJson('/plain')).status).toBe(200);
    go(person, 'strict');
    expect((await guest.getJson('/plain')).body).toMatchObject(challenge);
    await proveApp(guest, secret);
    go(person, 'lax');
    expect((await guest.getJson('/plain')).status).toBe(200);
  });

  it('proves the app there, where the other accepts a text message', async () => {
    const person = inLax();
    const { secret } = await plantApp(portal, person.id);
    const phone = { kind: 'sms', destination: person.phone ?? '' } as const;
    const authenticatorId = await plantAddress(portal, person.id, phone);
    const guest = visit(portal);
    await guest.logIn(person.username);
    await guest.postJson('/mfa/challenge/factor', { authenticatorId });
    await guest.postJson('/mfa/challenge', { code: guest.newestCode(phone.destination) });
    expect((await guest.getJson('/plain')).status).toBe(200);
    go(person, 'strict');
    expect((await guest.getJson('/plain')).body).toMatchObject(challenge);
    await proveApp(guest, secret);
  });

  it('proves the app there, where the other remembers the browser', async () => {
    const person = inLax();
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const code = totpCode(secret, clock.now());
    await guest.postJson('/mfa/challenge', { code, rememberBrowser: true });
    await guest.postJson('/mfa/logout');
    expect((await guest.logIn(person.username)).body).toMatchObject({ outcome: 'signed-in' });
    go(person, 'strict');
    expect((await guest.getJson('/plain')).body).toMatchObject(challenge);
    await proveApp(guest, secret);
  });

  it('sets a factor up there, where it was put off in the other, once and again', async () => {
    await mfa.policies.save('graceful', { enabled: true, enrollment: 'required', skips: 1 });
    const person = inLax();
    const guest = visit(portal);
    await guest.logIn(person.username);
    await guest.postJson('/mfa/enroll/skip');
    expect((await guest.getJson('/plain')).status).toBe(200);
    go(person, 'graceful');
    expect((await guest.getJson('/plain')).body).toMatchObject({ outcome: 'enroll', because: 'offered' });
    await guest.postJson('/mfa/enroll/skip');
    expect((await guest.getJson('/plain')).status).toBe(200);
    go(person, 'lax');
    expect((await guest.getJson('/plain')).body).toMatchObject({ outcome: 'enroll', because: 'offered' });
    await guest.postJson('/mfa/enroll/skip');
    go(person, 'graceful');
    expect((await guest.getJson('/plain')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
  });
});

// The attack: an organization asks for phishing resistance, and one of its administrators belongs to an organization that does not. A page
// that looks like ours gets their password and the code of their app.
describe('an administrator of an organization that asks for phishing resistance', () => {
  const GLOBEX = '/admin/mfa/globex';
  const strict = { enabled: true, enrollment: 'required', strength: 'phishing-resistant' } as const;

  async function adaWithApp(policy: Parameters<Portal['mfa']['policies']['save']>[1] = strict) {
    const host = createAdminHost({ passkeys: {} });
    await host.mfa.policies.save('globex', policy);
    return { host, ...(await signInProtected(host, 'ada')) };
  }

  it('neither reads nor changes anything by an app, and is led to set up a passkey', async () => {
    const { host, agent } = await adaWithApp();
    for (const path of ['', '/members', '/policy']) {
      // oxlint-disable-next-line no-await-in-loop
      const refused = await agent.get(GLOBEX + path);
      expect([refused.status, refused.headers['location']]).toEqual([
        303,
        `/mfa/enroll/passkey?returnTo=${encodeURIComponent(GLOBEX + path)}`,
      ]);
    }
    const change = { reason: 'Nightly export', until: '2026-09-01' };
    const refused = await agent.postJson(`${GLOBEX}/members/grace/exemption`, change);
    expect([refused.status, refused.body.outcome]).toEqual([403, 'enroll']);
    expect((await host.records.findMember('grace', 'globex')).settings.exemption).toBeNull();
    // Their own organization accepts the app, and so does the list of both.
    host.administrators.set('ada', ['globex', 'acme']);
    for (const path of ['/admin/mfa', '/admin/mfa/acme'])
      // oxlint-disable-next-line no-await-in-loop
      expect([path, (await agent.get(path)).status]).toEqual([path, 200]);
  });

  it('goes on with a passkey, and is asked for it where the session began with the app', async () => {
    const { host, agent, secret } = await adaWithApp();
    const passkey = aPasskey();
    expect((await registerPasskey(agent, passkey)).body).toMatchObject({ outcome: 'enrolled' });
    expect((await agent.get(GLOBEX)).status).toBe(200);
    host.clock.advance(30_000);
    const other = await signIn(host, 'ada');
    const { body } = await other.getJson('/mfa/challenge');
    const app = (body.anyOf as { kind: string; authenticatorId: string }[]).find(
      ({ kind }) => kind === 'totp',
    );
    await other.postJson('/mfa/challenge/factor', { authenticatorId: app?.authenticatorId });
    await other.postJson('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    const asked = await other.get(GLOBEX);
    expect([asked.status, asked.headers['location']]).toEqual([
      303,
      `/mfa/step-up?returnTo=${encodeURIComponent(GLOBEX)}`,
    ]);
    const prompt = await other.getJson('/mfa/step-up');
    const response = passkey.authenticate(prompt.body.passkey.options);
    expect((await other.postJson('/mfa/step-up', { response })).body.outcome).toBe('stepped-up');
    expect((await other.get(GLOBEX)).status).toBe(200);
  });

  it.each([
    ['is optional', { ...strict, enrollment: 'optional' }],
    ['may be put off', { ...strict, skips: 3 }],
  ] as const)('may use the app where a stronger method %s', async (_how, policy) => {
    const { agent } = await adaWithApp(policy);
    expect((await agent.get(GLOBEX)).status).toBe(200);
  });

  it('is not released by an exemption', async () => {
    const { host, agent } = await adaWithApp();
    await host.mfa.policies.save('acme', strict);
    const exemption = { reason: 'The key is on its way', until: host.clock.now() + 86_400_000 };
    await host.mfa.members.exempt({ userId: 'ada', actorId: 'bob' }, exemption);
    expect((await agent.getJson('/admin/mfa/acme')).body).toMatchObject({ outcome: 'enroll' });
  });
});
