import type { Response } from 'supertest';
import request from 'supertest';
import { createHeldSenders } from '../../support/held-senders';
import { addPerson, visit } from '../../support/member';
import type { Member } from '../../support/member';
import { plantAddress, plantApp } from '../../support/planted';
import { createPortal, PASSWORD } from '../../support/portal';
import type { Portal, PortalUser } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

// People click twice, go back and sign in again, or look at their other methods. The limit on sending then lets one message go
// out; it must be good for whatever page they end up on.

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15';

describe.each(storeKinds)('a step that is repeated, with $kind', ({ open }) => {
  const { close, records, state } = open();
  afterAll(close);

  async function startPortal(change: Parameters<typeof createPortal>[0] = {}): Promise<Portal> {
    const portal = createPortal({ records, state, ...change });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    return portal;
  }

  async function personByEmail(portal: Portal): Promise<PortalUser & { readonly email: string }> {
    const person = addPerson(portal);
    const assigned = { enabled: true, assignedKind: 'email' } as const;
    await portal.mfa.members.save({ userId: person.id, organizationId: 'acme' }, assigned);
    return { ...person, email: person.email ?? '' };
  }

  const codesTo = ({ outbox }: Portal, to: string) =>
    outbox.messages.filter((message) => message.to === to && /\b\d{6}\b/.test(message.text)).length;

  /** The host's own form, as a browser without cookies sends it. */
  const submit = (portal: Portal, { username }: PortalUser, userAgent: string) =>
    request(portal.app)
      .post('/login')
      .type('form')
      .set({ accept: 'text/html', ...(userAgent === '' ? {} : { 'user-agent': userAgent }) })
      .send({ username, password: PASSWORD });

  /** Goes on with the cookie of one answer, as the browser does that shows it. */
  async function goOn(portal: Portal, answer: Response, code: string) {
    const cookie = [answer.headers['set-cookie']]
      .flat()
      .map((text) => String(text).split(';')[0])
      .join('; ');
    const page = await request(portal.app).get('/mfa/challenge').set({ accept: 'text/html', cookie });
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const answered = await request(portal.app)
      .post('/mfa/challenge')
      .type('form')
      .set({ accept: 'text/html', cookie })
      .send({ _csrf: token, code });
    return { page: page.text, location: answered.headers['location'], status: answered.status };
  }

  describe('at the host’s sign-in form', () => {
    it.each([
      ['a browser', FIREFOX],
      ['a program without a name', ''],
    ])(
      'by a double click in %s goes on with the code just sent, whichever answer is shown',
      async (_who, userAgent) => {
        for (const shown of [0, 1]) {
          const portal = await startPortal();
          const person = await personByEmail(portal);
          const answers = await Promise.all([
            submit(portal, person, userAgent),
            submit(portal, person, userAgent),
          ]);
          expect(codesTo(portal, person.email)).toBe(1);
          const code = visit(portal).newestCode(person.email);
          const { page, location } = await goOn(portal, answers[shown] as Response, code);
          expect(page).toContain('Check your email');
          expect(page).not.toContain('did not go out');
          expect(location).toBe('/');
        }
      },
    );

    it('by a double click while the mail server takes its time goes on with the one code', async () => {
      const senders = createHeldSenders();
      const portal = { ...(await startPortal({ email: senders.email })), outbox: senders.outbox };
      const person = await personByEmail(portal);
      senders.set('email', 'holds');
      const first = submit(portal, person, FIREFOX).then((answer) => answer);
      while (senders.held() === 0) await new Promise((resolve) => setImmediate(resolve));
      const second = await submit(portal, person, FIREFOX);
      await senders.letGo();
      await first;
      expect(codesTo(portal, person.email)).toBe(1);
      const { page, location } = await goOn(portal, second, visit(portal).newestCode(person.email));
      expect(page).toContain('Check your email');
      expect(location).toBe('/');
    });

    it('by many clicks goes on with the one code, whichever answer is shown', async () => {
      const portal = await startPortal();
      const person = await personByEmail(portal);
      const answers = await Promise.all(Array.from({ length: 6 }, () => submit(portal, person, FIREFOX)));
      expect(codesTo(portal, person.email)).toBe(1);
      for (const answer of answers) {
        const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
        const page = await request(portal.app).get('/mfa/challenge').set({ accept: 'text/html', cookie });
        expect(page.text).toContain('Check your email');
      }
      const shown = answers[4] as Response;
      expect((await goOn(portal, shown, visit(portal).newestCode(person.email))).location).toBe('/');
    });

    it('a moment later in the same browser goes on with the code, although its cookie is new', async () => {
      const portal = await startPortal();
      const person = await personByEmail(portal);
      await submit(portal, person, FIREFOX);
      const second = await submit(portal, person, FIREFOX);
      const { location } = await goOn(portal, second, visit(portal).newestCode(person.email));
      expect(location).toBe('/');
    });

    it('in another browser gets no part in the code, and a page that says why', async () => {
      const portal = await startPortal();
      const person = await personByEmail(portal);
      const first = await submit(portal, person, FIREFOX);
      for (const userAgent of [SAFARI, '']) {
        const other = await submit(portal, person, userAgent);
        const code = visit(portal).newestCode(person.email);
        const { page, status } = await goOn(portal, other, code);
        expect(page).toContain('Wait for your next code');
        expect(page).not.toContain('did not go out');
        expect(status).toBe(401);
      }
      expect((await goOn(portal, first, visit(portal).newestCode(person.email))).location).toBe('/');
    });

    it('after all sessions were ended begins anew', async () => {
      const portal = await startPortal();
      const person = await personByEmail(portal);
      await submit(portal, person, FIREFOX);
      await portal.mfa.sessionsOf(person.id).endAll();
      const second = await submit(portal, person, FIREFOX);
      const { status } = await goOn(portal, second, visit(portal).newestCode(person.email));
      expect(status).toBe(401);
    });
  });

  it('by going back and signing in again, with the cookie of before, goes on with the code', async () => {
    const portal = await startPortal();
    const person = await personByEmail(portal);
    const guest = visit(portal);
    await guest.logIn(person.username);
    portal.clock.advance(20_000);
    const again = await guest.logIn(person.username);
    expect(again.body).toMatchObject({ outcome: 'challenge', sent: { kind: 'email', earlier: true } });
    expect(again.body.notSent).toBeUndefined();
    expect(codesTo(portal, person.email)).toBe(1);
    const answer = await guest.postJson('/mfa/challenge', { code: guest.newestCode(person.email) });
    expect(answer.body.outcome).toBe('signed-in');
  });

  it('shares its tries, so that repeating it gives no more of them', async () => {
    const portal = await startPortal();
    const person = await personByEmail(portal);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const code = guest.newestCode(person.email);
    const wrong = code === '000000' ? '000001' : '000000';
    for (const left of [4, 3, 2, 1]) {
      const { body } = await guest.postJson('/mfa/challenge', { code: wrong });
      expect(body).toMatchObject({ because: 'wrong-code', attemptsLeft: left });
      await guest.logIn(person.username);
    }
    expect((await guest.postJson('/mfa/challenge', { code: wrong })).body).toMatchObject({ attemptsLeft: 0 });
    expect((await guest.postJson('/mfa/challenge', { code })).body.outcome).toBe('rejected');
  });

  /** Somebody in the middle of a login with a phone, a mailbox and an app. */
  async function withThree(portal: Portal) {
    const person = addPerson(portal);
    const [phone, email] = [person.phone ?? '', person.email ?? ''];
    const sms = await plantAddress(portal, person.id, { kind: 'sms', destination: phone });
    const mail = await plantAddress(portal, person.id, { kind: 'email', destination: email });
    const app = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const choose = (authenticatorId: string) => guest.postJson('/mfa/challenge/factor', { authenticatorId });
    return { person, phone, email, sms, mail, app, guest, choose };
  }

  it('by choosing a method twice goes on with the code just sent', async () => {
    const portal = await startPortal();
    const { phone, sms, guest, choose } = await withThree(portal);
    expect((await choose(sms)).body).toMatchObject({ outcome: 'sent', sent: { kind: 'sms' } });
    const again = await choose(sms);
    expect([again.status, again.body]).toMatchObject([200, { outcome: 'sent', sent: { earlier: true } }]);
    expect(codesTo(portal, phone)).toBe(1);
    const answer = await guest.postJson('/mfa/challenge', { code: guest.newestCode(phone) });
    expect(answer.body.outcome).toBe('signed-in');
  });

  it('by looking at other methods and coming back finds the code still good', async () => {
    const portal = await startPortal();
    const { phone, sms, mail, app, guest, choose } = await withThree(portal);
    await choose(sms);
    const code = guest.newestCode(phone);
    await choose(mail);
    await choose(app.id);
    expect((await guest.postJson('/mfa/challenge', { code })).body).toMatchObject({ because: 'wrong-code' });
    expect((await choose(sms)).body).toMatchObject({ outcome: 'sent', sent: { kind: 'sms', earlier: true } });
    const page = await guest.get('/mfa/challenge');
    expect(page.text).toContain('Check your phone');
    expect((await guest.postJson('/mfa/challenge', { code })).body).toMatchObject({ outcome: 'signed-in' });
  });

  it('by asking for a new code too soon is told to wait, beside the field, and not of an error', async () => {
    const portal = await startPortal();
    const person = await personByEmail(portal);
    const guest = visit(portal);
    await guest.logIn(person.username);
    await guest.get('/mfa/challenge');
    const page = await guest.post('/mfa/challenge/resend');
    expect([page.status, page.headers['retry-after']]).toEqual([429, '30']);
    expect(page.text).toContain('A code was sent a moment ago.');
    expect(page.text).toContain('name="code"');
    expect(page.text).not.toMatch(/aria-invalid|did not go out|role="alert"/);
    expect((await guest.postJson('/mfa/challenge/resend')).body).toMatchObject({ because: 'send-limit' });
  });

  it('at a step-up goes on with the code just sent', async () => {
    const portal = await startPortal();
    const person = await personByEmail(portal);
    const guest = visit(portal);
    await guest.logIn(person.username);
    await guest.postJson('/mfa/challenge', { code: guest.newestCode(person.email) });
    portal.clock.advance(600_000);
    const choose = () => guest.post('/mfa/step-up', { authenticatorId: 'on-file-email' });
    await guest.get('/mfa/step-up');
    expect((await choose()).status).toBe(303);
    const page = await choose();
    expect(page.text).toContain('name="code"');
    expect(page.text).not.toContain('did not go out');
    expect(codesTo(portal, person.email)).toBe(2);
    const proven = await guest.postJson('/mfa/step-up', { code: guest.newestCode(person.email) });
    expect(proven.body).toMatchObject({ outcome: 'stepped-up' });
  });

  /** Somebody in the middle of setting something up. */
  async function enrolling(portal: Portal): Promise<{ readonly guest: Member; readonly person: PortalUser }> {
    const person = addPerson(portal);
    await portal.mfa.members.save({ userId: person.id, organizationId: 'acme' }, { enabled: true });
    const guest = visit(portal);
    await guest.logIn(person.username);
    return { guest, person };
  }

  it.each(['sms', 'email'] as const)(
    'in an enrollment by %s goes on with the code just sent',
    async (kind) => {
      for (const together of [true, false]) {
        const portal = await startPortal();
        const { guest, person } = await enrolling(portal);
        const to = kind === 'sms' ? (person.phone ?? '') : (person.email ?? '');
        const typed = kind === 'sms' ? { phone: to } : { email: to };
        const headers = { 'x-csrf-token': await guest.csrfToken() };
        const start = () => guest.postJson(`/mfa/enroll/${kind}`, typed, headers);
        const answers = together ? await Promise.all([start(), start()]) : [await start(), await start()];
        for (const answer of answers) {
          expect(answer.status).toBe(200);
          expect(answer.body).toMatchObject({
            outcome: 'enrollment-started',
            [kind]: { expiresAt: expect.any(Number) },
          });
        }
        expect(codesTo(portal, to)).toBe(1);
        const code = guest.newestCode(to);
        expect((await guest.postJson(`/mfa/enroll/${kind}/resend`)).status).toBe(429);
        const confirmed = await guest.postJson(`/mfa/enroll/${kind}/confirm`, { code });
        expect(confirmed.body.outcome).toBe('enrolled');
      }
    },
  );

  it('in an enrollment for another number does not void the code under way where it may not be sent', async () => {
    const portal = await startPortal({ allowedCountries: ['GB'] });
    const { guest, person } = await enrolling(portal);
    const phone = person.phone ?? '';
    await guest.postJson('/mfa/enroll/sms', { phone });
    const refused = await guest.postJson('/mfa/enroll/sms', { phone: '+12125550100' });
    expect(refused.body).toMatchObject({ because: 'country-not-allowed' });
    const confirmed = await guest.postJson('/mfa/enroll/sms/confirm', { code: guest.newestCode(phone) });
    expect(confirmed.body.outcome).toBe('enrolled');
  });

  it('when a lock is ended by a code goes on with the code just sent', async () => {
    const portal = await startPortal();
    const person = await personByEmail(portal);
    const { email } = person;
    for (let round = 0; round < 2; round += 1) {
      const thief = visit(portal);
      await thief.logIn(person.username);
      const wrong = thief.newestCode(email) === '123456' ? '654321' : '123456';
      for (let guess = 0; guess < 5; guess += 1) await thief.postJson('/mfa/challenge', { code: wrong });
      portal.clock.advance(300_000);
    }
    await portal.mfa.settled();
    const link = portal.outbox.messages.findLast(({ text }) => text.includes('/mfa/unlock?token='));
    const token = /token=([\w-]+)/.exec(link?.text ?? '')?.[1] ?? '';
    const owner = visit(portal);
    await owner.get(`/mfa/unlock?token=${token}`);
    await owner.post('/mfa/unlock', { token });
    await owner.logIn(person.username);
    const choose = () => owner.postJson('/mfa/unlock/challenge', { authenticatorId: 'on-file-email' });
    const before = codesTo(portal, email);
    expect((await choose()).body).toMatchObject({ outcome: 'sent' });
    const page = await owner.post('/mfa/unlock/challenge', { authenticatorId: 'on-file-email' });
    expect(page.text).toContain('name="code"');
    expect(page.text).not.toContain('did not go out');
    expect(codesTo(portal, email)).toBe(before + 1);
    const unlocked = await owner.postJson('/mfa/unlock/challenge', { code: owner.newestCode(email) });
    expect(unlocked.body.outcome).toBe('signed-in');
  });
});
