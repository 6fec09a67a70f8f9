import { createHeldSenders } from '../../support/held-senders';
import { addPerson, visit } from '../../support/member';
import { plantAddress } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

// "Timed out" is not "not sent": a sender that is too slow for us may deliver the message all the same, and what it delivers
// must work.

describe.each(storeKinds)('a sender that answers too late, with $kind', ({ open }) => {
  const { close, records, state } = open();
  afterAll(close);

  async function slowPortal() {
    const senders = createHeldSenders();
    const { email, sms, outbox } = senders;
    const limits = { emailTimeoutSeconds: 0.05, smsTimeoutSeconds: 0.05 };
    const portal = { ...createPortal({ records, state, email, sms, ...limits }), outbox };
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const assigned = async (assignedKind: 'email' | 'sms') => {
      const person = addPerson(portal);
      await portal.mfa.members.save(
        { userId: person.id, organizationId: 'acme' },
        { enabled: true, assignedKind },
      );
      return { person, email: person.email ?? '', phone: person.phone ?? '', guest: visit(portal) };
    };
    /** Every late message is noted before the next request. */
    const letGo = async () => {
      await senders.letGo();
      await portal.mfa.settled();
    };
    const answer = async (guest: ReturnType<typeof visit>, code: string) =>
      (await guest.postJson('/mfa/challenge', { code })).body;
    return { portal, senders, assigned, letGo, answer };
  }

  it('delivers a code by email that works', async () => {
    const { senders, assigned, letGo, answer } = await slowPortal();
    const { person, email, guest } = await assigned('email');
    senders.set('email', 'holds');
    const login = await guest.logIn(person.username);
    expect(login.body).toMatchObject({ outcome: 'challenge', sent: { kind: 'email', delayed: true } });
    expect(login.body.notSent).toBeUndefined();
    const page = await guest.get('/mfa/challenge');
    expect(page.text).toContain('Your code is on its way');
    expect(page.text).toContain('name="code"');
    expect(page.text).not.toContain('did not go out');
    await letGo();
    expect((await guest.get('/mfa/challenge')).text).not.toContain('Your code is on its way');
    expect(await answer(guest, guest.newestCode(email))).toMatchObject({ outcome: 'signed-in' });
  });

  it('delivers a code that works where the sender itself gave up waiting', async () => {
    const { senders, assigned, letGo, answer } = await slowPortal();
    const { person, email, guest } = await assigned('email');
    senders.set('email', 'gives-up');
    const login = await guest.logIn(person.username);
    expect(login.body).toMatchObject({ sent: { kind: 'email', delayed: true } });
    await letGo();
    expect(await answer(guest, guest.newestCode(email))).toMatchObject({ outcome: 'signed-in' });
    const both = await assigned('sms');
    senders.set('email', 'sends');
    senders.set('sms', 'gives-up');
    expect((await both.guest.logIn(both.person.username)).body.sent).toMatchObject({ fallbackFrom: 'sms' });
    await letGo();
    expect(await answer(both.guest, both.guest.newestCode(both.phone))).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('leaves a text and a mail of its own, of which the first right one ends both', async () => {
    for (const first of ['text', 'mail'] as const) {
      const { senders, assigned, letGo, answer } = await slowPortal();
      const { person, email, phone, guest } = await assigned('sms');
      senders.set('sms', 'holds');
      const login = await guest.logIn(person.username);
      expect(login.body.sent).toMatchObject({ kind: 'email', fallbackFrom: 'sms' });
      expect((await guest.get('/mfa/challenge')).text).toContain('Either one works');
      await letGo();
      const codes = { text: guest.newestCode(phone), mail: guest.newestCode(email) };
      expect(codes.text).not.toBe(codes.mail);
      expect(await answer(guest, codes[first])).toMatchObject({ outcome: 'signed-in' });
      const { session } = (await guest.getJson('/')).body;
      expect(session.amr).toEqual(['pwd', first === 'text' ? 'sms' : 'otp']);
      const second = await guest.postJson('/mfa/challenge', {
        code: codes[first === 'text' ? 'mail' : 'text'],
      });
      expect(second.body.outcome).not.toBe('verified');
    }
  });

  it('shares the attempts between a text and a mail', async () => {
    const { senders, assigned, letGo, answer } = await slowPortal();
    const { person, phone, email, guest } = await assigned('sms');
    senders.set('sms', 'holds');
    await guest.logIn(person.username);
    await letGo();
    const [text, mail] = [guest.newestCode(phone), guest.newestCode(email)];
    const wrong = ['000000', '000001', '000002', '000003', '000004', '000005', '000006'].filter(
      (code) => code !== text && code !== mail,
    );
    for (const left of [4, 3, 2, 1]) {
      expect(await answer(guest, wrong[left] ?? '')).toMatchObject({
        because: 'wrong-code',
        attemptsLeft: left,
      });
    }
    expect(await answer(guest, wrong[0] ?? '')).toMatchObject({ attemptsLeft: 0 });
    expect(await answer(guest, text)).toMatchObject({ because: 'attempts-exhausted' });
  });

  it('does not bring an older code back, nor take the newer one away', async () => {
    const { portal, senders, assigned, letGo, answer } = await slowPortal();
    const { person, email, guest } = await assigned('email');
    senders.set('email', 'holds');
    await guest.logIn(person.username);
    portal.clock.advance(30_000);
    senders.set('email', 'sends');
    expect((await guest.postJson('/mfa/challenge/resend')).body).toMatchObject({ outcome: 'sent' });
    const newer = guest.newestCode(email);
    await letGo();
    const older = guest.newestCode(email);
    expect(older).not.toBe(newer);
    expect(await answer(guest, older)).toMatchObject({ because: 'wrong-code' });
    expect(await answer(guest, newer)).toMatchObject({ outcome: 'signed-in' });
  });

  it('leaves the code that arrived before good, until the new one is known to be sent', async () => {
    for (const isLetGo of [false, true]) {
      const { portal, senders, assigned, letGo, answer } = await slowPortal();
      const { person, email, guest } = await assigned('email');
      await guest.logIn(person.username);
      const before = guest.newestCode(email);
      portal.clock.advance(30_000);
      senders.set('email', 'holds');
      await guest.postJson('/mfa/challenge/resend');
      expect(senders.held()).toBe(1);
      if (isLetGo) await letGo();
      const because = isLetGo ? { because: 'wrong-code' } : { outcome: 'signed-in' };
      expect(await answer(guest, before)).toMatchObject(because);
    }
  });

  it('delivers a code that confirms an address', async () => {
    for (const kind of ['email', 'sms'] as const) {
      const { portal, senders, letGo } = await slowPortal();
      const person = addPerson(portal);
      await portal.mfa.members.save({ userId: person.id, organizationId: 'acme' }, { enabled: true });
      const guest = visit(portal);
      await guest.logIn(person.username);
      senders.set(kind, 'holds');
      const to = kind === 'email' ? `new-${person.id}@acme.example` : (person.phone ?? '');
      const started = await guest.postJson(
        `/mfa/enroll/${kind}`,
        kind === 'email' ? { email: to } : { phone: to },
      );
      expect(started.body).toMatchObject({ outcome: 'enrollment-started', [kind]: { delayed: true } });
      expect((await guest.get(`/mfa/enroll/${kind}`)).text).toContain('Your code is on its way');
      await letGo();
      expect((await guest.get(`/mfa/enroll/${kind}`)).text).not.toContain('Your code is on its way');
      const confirmed = await guest.postJson(`/mfa/enroll/${kind}/confirm`, { code: guest.newestCode(to) });
      expect(confirmed.body).toMatchObject({ outcome: 'enrolled' });
      const { authenticators } = await records.findMember(person.id, 'acme');
      expect(authenticators.map(({ maskedDestination }) => maskedDestination)).toEqual([
        kind === 'email' ? 'n•••@acme.example' : `•••• ${to.slice(-4)}`,
      ]);
    }
  });

  it('delivers a code by text alone where there is no mailbox to fall back to', async () => {
    const { portal, senders, letGo, answer } = await slowPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned', smsFallback: false });
    const person = addPerson(portal);
    await plantAddress(portal, person.id, { kind: 'sms', destination: person.phone ?? '' });
    const guest = visit(portal);
    senders.set('sms', 'holds');
    const login = await guest.logIn(person.username);
    expect(login.body.sent).toMatchObject({ kind: 'sms', delayed: true });
    await letGo();
    expect(await answer(guest, guest.newestCode(person.phone ?? ''))).toMatchObject({ outcome: 'signed-in' });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned', smsFallback: true });
  });

  it('counts a text that may still arrive as good where its mail fails', async () => {
    const { senders, assigned, letGo, answer } = await slowPortal();
    const { person, phone, guest } = await assigned('sms');
    senders.set('sms', 'holds');
    senders.set('email', 'fails');
    const login = await guest.logIn(person.username);
    expect(login.body.sent).toMatchObject({ kind: 'sms', delayed: true });
    await letGo();
    expect(await answer(guest, guest.newestCode(phone))).toMatchObject({ outcome: 'signed-in' });
  });
});
