import { addPerson, enrollApp, visit } from '../../support/member';
import { plantAddress, plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: a code that was seen, phished or forwarded is used once more: for another purpose, login, browser, factor
// or person than the one it was made for.

const portal = createPortal();
const { clock } = portal;
const HALF_A_MINUTE = 30_000;

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterAll(() => portal.mfa.settled());

async function personByEmail() {
  const person = addPerson(portal);
  const member = { userId: person.id, organizationId: 'acme' };
  await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
  const email = person.email ?? '';
  return { person, email };
}

async function logIn(username: string) {
  const guest = visit(portal);
  await guest.logIn(username);
  const answer = async (code: string, path = '/mfa/challenge') => (await guest.postJson(path, { code })).body;
  return { guest, answer };
}

const REFUSED = { outcome: 'rejected', because: 'wrong-code' };

/** One new code in a million is the same as the one before; the test then says so, and not something else. */
async function newCodeUnlike(old: string, send: () => Promise<string>): Promise<string> {
  const code = await send();
  expect(code).not.toBe(old);
  return code;
}

describe('a code of an app', () => {
  it('is used up by the login, for every purpose, and so is each one before it', async () => {
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const first = await logIn(person.username);
    const early = totpCode(secret, clock.now() - HALF_A_MINUTE);
    const code = totpCode(secret, clock.now());
    expect(await first.answer(code)).toMatchObject({ outcome: 'signed-in' });
    expect(await first.answer(code, '/mfa/step-up')).toMatchObject({
      outcome: 'rejected',
      because: 'code-used',
    });
    const second = await logIn(person.username);
    expect(await second.answer(code)).toMatchObject({ because: 'code-used' });
    expect(await second.answer(early)).toMatchObject({ because: 'code-used' });
    expect((await second.guest.getJson('/whoami')).body.authenticated).toBe(false);
    expect(await second.answer(totpCode(secret, clock.now() + HALF_A_MINUTE))).toMatchObject({
      outcome: 'signed-in',
    });
    expect(await first.answer(totpCode(secret, clock.now() + HALF_A_MINUTE), '/mfa/step-up')).toMatchObject({
      because: 'code-used',
    });
  });

  it('is used up by the enrollment that it confirms', async () => {
    const person = addPerson(portal);
    const { secret } = await enrollApp(portal, person.username);
    const { answer } = await logIn(person.username);
    expect(await answer(totpCode(secret, clock.now() - HALF_A_MINUTE))).toMatchObject({
      because: 'code-used',
    });
    expect(await answer(totpCode(secret, clock.now()))).toMatchObject({ outcome: 'signed-in' });
  });

  it('proves nothing for another person', async () => {
    const [one, other] = [addPerson(portal), addPerson(portal)];
    const { secret } = await plantApp(portal, one.id);
    await plantApp(portal, other.id);
    const { answer } = await logIn(other.username);
    expect(await answer(totpCode(secret, clock.now()))).toMatchObject(REFUSED);
  });

  it('of an app that waits for its first code signs nobody in', async () => {
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const { guest, answer } = await logIn(person.username);
    await answer(totpCode(secret, clock.now()));
    const started = await guest.postJson('/mfa/enroll/totp');
    expect(started.body.outcome).toBe('enrollment-started');
    const waiting: string = started.body.totp.secret;
    clock.advance(HALF_A_MINUTE);
    const again = await logIn(person.username);
    expect(await again.answer(totpCode(waiting, clock.now()))).toMatchObject(REFUSED);
    expect(await again.answer(totpCode(secret, clock.now()))).toMatchObject({ outcome: 'signed-in' });
  });
});

describe('a sent code', () => {
  it('answers the login it was sent for, in its browser, and no other one of the same person', async () => {
    const { person, email } = await personByEmail();
    const first = await logIn(person.username);
    const ofFirst = first.guest.newestCode(email);
    clock.advance(HALF_A_MINUTE);
    const second = await logIn(person.username);
    await newCodeUnlike(ofFirst, async () => second.guest.newestCode(email));
    expect(await second.answer(ofFirst)).toMatchObject({ ...REFUSED, attemptsLeft: 4 });
    expect(await first.answer(ofFirst)).toMatchObject({ outcome: 'signed-in' });
    expect(await second.answer(ofFirst)).toMatchObject(REFUSED);
  });

  it('is rejected for a step-up and for another person', async () => {
    const { person, email } = await personByEmail();
    const other = await personByEmail();
    const { guest, answer } = await logIn(person.username);
    const code = guest.newestCode(email);
    const stranger = await logIn(other.person.username);
    await newCodeUnlike(code, async () => stranger.guest.newestCode(other.email));
    expect(await stranger.answer(code)).toMatchObject(REFUSED);
    expect(await answer(code)).toMatchObject({ outcome: 'signed-in' });
    clock.advance(HALF_A_MINUTE);
    const asked = await guest.postJson('/mfa/step-up', { authenticatorId: 'on-file-email' });
    expect(asked.body).toMatchObject({ outcome: 'sent' });
    const fresh = await newCodeUnlike(code, async () => guest.newestCode(email));
    expect(await answer(code, '/mfa/step-up')).toMatchObject(REFUSED);
    expect(await answer(fresh, '/mfa/step-up')).toMatchObject({ outcome: 'stepped-up' });
    expect(await answer(fresh, '/mfa/step-up')).toMatchObject({ outcome: 'rejected' });
  });

  it('for an enrollment does not sign in, and one for the login enrolls nothing', async () => {
    const person = addPerson(portal);
    const email = person.email ?? '';
    const { guest, answer } = await logIn(person.username);
    expect((await guest.postJson('/mfa/enroll/email')).body.outcome).toBe('enrollment-started');
    const forEnrollment = guest.newestCode(email);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    clock.advance(HALF_A_MINUTE);
    const chosen = await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'on-file-email' });
    expect(chosen.body.outcome).toBe('sent');
    const forLogin = await newCodeUnlike(forEnrollment, async () => guest.newestCode(email));
    expect(await answer(forEnrollment)).toMatchObject(REFUSED);
    await portal.mfa.members.save(member, { enabled: false });
    expect(await answer(forLogin, '/mfa/enroll/email/confirm')).toMatchObject(REFUSED);
    expect((await portal.records.findMember(person.id, 'acme')).authenticators).toEqual([]);
  });

  it('ends when the next one is sent, or another factor is chosen', async () => {
    const person = addPerson(portal);
    const [email, phone] = [person.email ?? '', person.phone ?? ''];
    const byEmail = await plantAddress(portal, person.id, { kind: 'email', destination: email });
    const bySms = await plantAddress(portal, person.id, { kind: 'sms', destination: phone });
    const { guest, answer } = await logIn(person.username);
    const choose = async (authenticatorId: string, to: string) => {
      await guest.postJson('/mfa/challenge/factor', { authenticatorId });
      return guest.newestCode(to);
    };
    const texted = guest.newestCode(phone);
    const mailed = await newCodeUnlike(texted, () => choose(byEmail, email));
    expect(await answer(texted)).toMatchObject(REFUSED);
    clock.advance(HALF_A_MINUTE);
    const textedAgain = await newCodeUnlike(mailed, () => choose(bySms, phone));
    expect(await answer(mailed)).toMatchObject(REFUSED);
    clock.advance(HALF_A_MINUTE);
    const resent = await newCodeUnlike(textedAgain, async () => {
      await guest.postJson('/mfa/challenge/resend');
      return guest.newestCode(phone);
    });
    expect(await answer(textedAgain)).toMatchObject(REFUSED);
    expect(await answer(resent)).toMatchObject({ outcome: 'signed-in' });
  });

  it('ends when its factor is removed', async () => {
    const person = addPerson(portal);
    const phone = person.phone ?? '';
    await plantApp(portal, person.id);
    const bySms = await plantAddress(portal, person.id, { kind: 'sms', destination: phone });
    const { guest, answer } = await logIn(person.username);
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: bySms });
    await portal.records.removeAuthenticator(person.id, bySms);
    expect(await answer(guest.newestCode(phone))).toMatchObject({
      outcome: 'rejected',
    });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('ends with the assignment it was sent for', async () => {
    const { person, email } = await personByEmail();
    const { guest, answer } = await logIn(person.username);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'sms' });
    expect(await answer(guest.newestCode(email))).toMatchObject({
      outcome: 'rejected',
      because: 'challenge-expired',
    });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });
});
