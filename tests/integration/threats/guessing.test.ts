import { holdVisit, postHeld } from '../../support/held-visit';
import { addPerson, visit } from '../../support/member';
import { plantAddress, plantApp, plantRecoveryCodes } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode, wrongCode, wrongCodes } from '../../support/totp';

// The attack: somebody with the password guesses codes, with as many logins, resends, factors and days as it takes.
// What was spent stays spent until the owner proves themselves or the lock ends.

const MINUTE = 60_000;
const NO_SUCH_RECOVERY_CODE = '9-0000-0000-00000';

describe.each(storeKinds)('guessing on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });
  const { clock } = portal;

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  async function personWithApp() {
    const person = addPerson(portal);
    return { person, ...(await plantApp(portal, person.id)) };
  }

  async function personByEmail() {
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    return { person, email: person.email ?? '' };
  }

  async function logIn(username: string, factor?: string) {
    const guest = visit(portal);
    const login = await guest.logIn(username);
    if (factor !== undefined) await guest.postJson('/mfa/challenge/factor', { authenticatorId: factor });
    const held = await holdVisit(guest);
    const guess = async (code: string) => (await postHeld(portal.app, held, '/mfa/challenge', { code })).body;
    return { guest, login, held, guess };
  }

  /** Spends guesses, five a login. */
  async function guessWrong(username: string, secret: string, count: number): Promise<void> {
    const codes = wrongCodes(secret, clock.now(), 5);
    for (let left = count; left > 0; left -= 5) {
      const { guess } = await logIn(username);
      for (const code of codes.slice(0, Math.min(left, 5))) {
        expect(await guess(code)).toMatchObject({ because: 'wrong-code' });
      }
    }
  }

  async function countersOf(userId: string) {
    const { guesses, authenticators } = await records.findMember(userId, 'acme');
    return { guesses, own: authenticators.map(({ failures }) => failures) };
  }

  it('counts on after a resend, and refuses the right code as the sixth', async () => {
    const { person, email } = await personByEmail();
    const { guest, guess } = await logIn(person.username);
    const first = wrongCode(guest.newestCode(email));
    for (const attemptsLeft of [4, 3, 2, 1]) expect(await guess(first)).toMatchObject({ attemptsLeft });
    clock.advance(30_000);
    expect((await guest.postJson('/mfa/challenge/resend')).body).toMatchObject({ outcome: 'sent' });
    const newest = guest.newestCode(email);
    expect(await guess(wrongCode(newest))).toMatchObject({ because: 'wrong-code', attemptsLeft: 0 });
    expect(await guess(newest)).toMatchObject({ because: 'attempts-exhausted' });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('counts on after another factor was chosen', async () => {
    const { person, id, secret } = await personWithApp();
    const phone = await plantAddress(portal, person.id, { kind: 'sms', destination: person.phone ?? '' });
    const { guest, guess } = await logIn(person.username);
    const [wrong = ''] = wrongCodes(secret, clock.now(), 1);
    for (const factor of [id, phone, id]) {
      await guest.postJson('/mfa/challenge/factor', { authenticatorId: factor });
      await guess(wrong);
    }
    expect(await guess(wrong)).toMatchObject({ attemptsLeft: 1 });
    expect(await guess(wrong)).toMatchObject({ attemptsLeft: 0 });
    expect(await guess(totpCode(secret, clock.now()))).toMatchObject({ because: 'attempts-exhausted' });
  });

  it('locks after ten over several logins, answers right and wrong alike, and locks longer the next time', async () => {
    const { person, secret } = await personWithApp();
    await plantRecoveryCodes(portal, person.id, 1);
    const before = await logIn(person.username);
    const beforeToo = await logIn(person.username);
    await guessWrong(person.username, secret, 9);
    expect(await before.guess(wrongCodes(secret, clock.now(), 1)[0] ?? '')).toMatchObject({
      because: 'wrong-code',
    });

    const path = '/mfa/challenge';
    const code = totpCode(secret, clock.now());
    const right = await postHeld(portal.app, before.held, path, { code });
    const wrong = await postHeld(portal.app, beforeToo.held, path, { code: wrongCode(code) });
    expect(right.status).toBe(429);
    expect(right.body).toMatchObject({ because: 'locked', retryAfterSeconds: 1800 });
    expect(right.text).toBe(wrong.text);
    const { date: _date, etag: _etag, ...headers } = right.headers;
    expect(headers).toEqual({ ...wrong.headers, date: undefined, etag: undefined, ...headers });
    expect(await countersOf(person.id)).toMatchObject({ guesses: { codes: { failures: 10 } }, own: [10] });

    clock.advance(30 * MINUTE - 1);
    const early = await logIn(person.username);
    expect(early.login.body.anyOf).toEqual([{ authenticatorId: 'recovery-codes', kind: 'recovery-code' }]);
    clock.advance(1);
    await guessWrong(person.username, secret, 10);
    clock.advance(60 * MINUTE - 1);
    const second = await logIn(person.username);
    expect(second.login.body.anyOf).toHaveLength(1);
    clock.advance(1);
    const open = await logIn(person.username);
    expect(await open.guess(totpCode(secret, clock.now()))).toMatchObject({ outcome: 'signed-in' });
    expect(await countersOf(person.id)).toEqual({
      guesses: {
        codes: { failures: 0, lockedUntil: null },
        'recovery-codes': { failures: 0, lockedUntil: null },
      },
      own: [0],
    });
  });

  it('disables an address on file after a hundred in a row, and asks nobody to enroll instead', async () => {
    const { person, email } = await personByEmail();
    const member = { userId: person.id, organizationId: 'acme' };
    for (let tens = 0; tens < 10; tens += 1) {
      for (let fives = 0; fives < 2; fives += 1) {
        const { guest, guess } = await logIn(person.username);
        const code = wrongCode(guest.newestCode(email));
        for (let tries = 0; tries < 5; tries += 1)
          expect(await guess(code)).toMatchObject({ outcome: 'rejected' });
        clock.advance(MINUTE);
      }
      clock.advance(24 * 60 * MINUTE);
    }
    const { guest, login } = await logIn(person.username);
    expect([login.status, login.body]).toMatchObject([403, { because: 'no-usable-factor' }]);
    expect((await guest.postJson('/mfa/enroll/totp')).body).not.toHaveProperty('totp');
    const told = portal.outbox.messages.filter(
      ({ to, subject }) => to === email && subject?.includes('switched off'),
    );
    expect(told).toHaveLength(1);

    // An unlock is not enough; assigning it anew is.
    await portal.mfa.members.unlock(member);
    expect((await logIn(person.username)).login.status).toBe(403);
    await portal.mfa.members.save(member, { enabled: false });
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    const owner = await logIn(person.username);
    expect(await owner.guess(owner.guest.newestCode(email))).toMatchObject({ outcome: 'signed-in' });
    expect((await records.findMember(person.id, 'acme')).onFile.email).toMatchObject({ failures: 0 });
  });

  it('disables an authenticator after a hundred in a row, however long the guesser waits', async () => {
    const { person, secret } = await personWithApp();
    const [recoveryCode = ''] = await plantRecoveryCodes(portal, person.id, 1);
    for (let tens = 0; tens < 10; tens += 1) {
      await guessWrong(person.username, secret, tens < 9 ? 10 : 9);
      clock.advance(24 * 60 * MINUTE);
    }
    await (await logIn(person.username)).guess(wrongCodes(secret, clock.now(), 1)[0] ?? '');
    clock.advance(24 * 60 * MINUTE);
    const { login, guess } = await logIn(person.username, 'recovery-codes');
    expect(login.body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ authenticatorId: 'recovery-codes', kind: 'recovery-code' }],
    });
    expect(await guess(totpCode(secret, clock.now()))).toMatchObject({ outcome: 'rejected' });
    const [app] = (await records.findMember(person.id, 'acme')).authenticators;
    expect(app?.disabledAt).not.toBeNull();
    expect(await guess(recoveryCode)).toMatchObject({ outcome: 'signed-in' });
  });

  it('does not take a disabled authenticator for none: nobody enrolls another with the password alone', async () => {
    const { person, secret } = await personWithApp();
    for (let tens = 0; tens < 10; tens += 1) {
      await guessWrong(person.username, secret, tens < 9 ? 10 : 9);
      clock.advance(24 * 60 * MINUTE);
    }
    await (await logIn(person.username)).guess(wrongCodes(secret, clock.now(), 1)[0] ?? '');
    clock.advance(24 * 60 * MINUTE);
    const guest = visit(portal);
    const login = await guest.logIn(person.username);
    expect(login.status).toBe(403);
    expect(login.body).toMatchObject({ outcome: 'rejected', because: 'no-usable-factor' });
    expect((await guest.postJson('/mfa/enroll/totp')).status).toBe(401);
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('forgets the wrong ones with a right one, and leaves a session of the owner alone', async () => {
    const { person, secret } = await personWithApp();
    await guessWrong(person.username, secret, 9);
    const { guest: owner } = await logIn(person.username);
    const signedIn = await owner.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(signedIn.body).toMatchObject({ outcome: 'signed-in' });
    expect((await countersOf(person.id)).own).toEqual([0]);
    await guessWrong(person.username, secret, 10);
    expect((await countersOf(person.id)).guesses.codes.lockedUntil).toBe(clock.now() + 30 * MINUTE);
    expect((await owner.getJson('/')).status).toBe(200);
    clock.advance(30 * MINUTE);
  });

  it('counts recovery codes apart, both ways', async () => {
    const { person, secret } = await personWithApp();
    const [recoveryCode = ''] = await plantRecoveryCodes(portal, person.id, 1);
    await guessWrong(person.username, secret, 10);
    const { guess: recover } = await logIn(person.username, 'recovery-codes');
    expect(await recover(recoveryCode)).toMatchObject({ outcome: 'signed-in' });
    await plantRecoveryCodes(portal, person.id, 1);
    clock.advance(30 * MINUTE);
    for (let login = 0; login < 2; login += 1) {
      const { guess } = await logIn(person.username, 'recovery-codes');
      for (let tries = 0; tries < 5; tries += 1) {
        expect(await guess(NO_SUCH_RECOVERY_CODE)).toMatchObject({ because: 'wrong-code' });
      }
    }
    const { login, guess } = await logIn(person.username);
    expect(login.body.anyOf).toEqual([expect.objectContaining({ kind: 'totp' })]);
    expect(await guess(totpCode(secret, clock.now()))).toMatchObject({ outcome: 'signed-in' });
    expect((await countersOf(person.id)).guesses['recovery-codes'].lockedUntil).not.toBeNull();
  });

  it('counts nothing for a stranger, nor for a login or session that is over', async () => {
    const { person, secret } = await personWithApp();
    const untouched = await countersOf(person.id);
    const [wrong = ''] = wrongCodes(secret, clock.now(), 1);
    const stranger = visit(portal);
    for (const path of ['/mfa/challenge', '/mfa/step-up', '/mfa/enroll/totp/confirm']) {
      const answer = await stranger.postJson(path, {
        code: wrong,
        userId: person.id,
        username: person.username,
      });
      expect(answer.status).toBe(401);
    }
    const { guess: tooLate } = await logIn(person.username);
    clock.advance(10 * MINUTE);
    for (let tries = 0; tries < 12; tries += 1) expect((await tooLate(wrong)).outcome).not.toBe('signed-in');
    expect(await countersOf(person.id)).toEqual(untouched);

    const atTheWall = visit(portal);
    await atTheWall.post(`/sso/${person.id}`);
    await atTheWall.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const held = await holdVisit(atTheWall);
    await postHeld(portal.app, held, '/mfa/challenge', { code: wrong });
    expect((await countersOf(person.id)).guesses.codes.failures).toBe(1);
    await portal.mfa.sessionsOf(person.id).endAll();
    for (let tries = 0; tries < 12; tries += 1)
      await postHeld(portal.app, held, '/mfa/challenge', { code: wrong });
    expect((await countersOf(person.id)).guesses.codes.failures).toBeLessThanOrEqual(2);
  });

  it('ends an unfinished login ten minutes after the password, whatever it does meanwhile', async () => {
    const { person, secret } = await personWithApp();
    const startedAt = clock.now();
    const { guest, guess } = await logIn(person.username);
    for (let minute = 1; minute < 10; minute += 1) {
      clock.advance(MINUTE);
      const { body } = await guest.getJson('/mfa/state');
      expect(body.pending).toEqual({ expiresAt: startedAt + 10 * MINUTE });
    }
    await guest.postJson('/mfa/challenge/resend');
    clock.set(startedAt + 10 * MINUTE);
    expect((await guest.getJson('/mfa/state')).body).toMatchObject({ pending: null, signedIn: false });
    const late = await guess(totpCode(secret, clock.now()));
    expect(late).toMatchObject({
      because: expect.stringMatching(/^(challenge-expired|session-expired|no-session)$/),
    });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    const { guest: punctual } = await logIn(person.username);
    clock.advance(10 * MINUTE - 1);
    await punctual.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect((await punctual.getJson('/')).status).toBe(200);
  });

  it('takes a sent code for five minutes, and none longer than its login', async () => {
    const { person, email } = await personByEmail();
    const { guest, guess } = await logIn(person.username);
    clock.advance(5 * MINUTE - 1);
    expect(await guess(guest.newestCode(email))).toMatchObject({ outcome: 'signed-in' });
    const late = await logIn(person.username);
    clock.advance(5 * MINUTE);
    expect(await late.guess(late.guest.newestCode(email))).toMatchObject({ because: 'code-expired' });
    clock.advance(4 * MINUTE);
    const { body } = await late.guest.postJson('/mfa/challenge/resend');
    expect(body.sent.expiresAt).toBe(clock.now() + MINUTE);
  });
});
