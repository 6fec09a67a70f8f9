import { addPerson, visit } from '../../support/member';
import type { Member } from '../../support/member';
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
