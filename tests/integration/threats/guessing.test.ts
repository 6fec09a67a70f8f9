import { NO_GUESSES, totalOf } from '../../../src/core/member/guess-counter';
import { guesserAt } from '../../support/guesser';
import { holdVisit, postHeld } from '../../support/held-visit';
import { visit } from '../../support/member';
import { plantAddress, plantRecoveryCodes } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { allStoreKinds } from '../../support/store-kinds';
import { totpCode, wrongCode, wrongCodes } from '../../support/totp';

// The attack: somebody with the password guesses codes, with as many logins, resends and factors as it takes.
// What was spent stays spent until the owner proves themselves or the lock ends.

const MINUTE = 60_000;
const NO_SUCH_RECOVERY_CODE = '9-0000-0000-00000';

describe.each(allStoreKinds)('guessing on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });
  const { clock } = portal;
  const { personWithApp, personByEmail, logIn, guessWrong, countersOf } = guesserAt(portal);

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

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
    expect(await countersOf(person.id)).toMatchObject({
      guesses: { codes: { failures: { 3: 10 } } },
      own: [10],
    });

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
        codes: NO_GUESSES,
        'recovery-codes': NO_GUESSES,
      },
      own: [0],
    });
  });

  it('resets the count with a right code, and does not affect a session of the owner', async () => {
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

  it('counts recovery codes separately', async () => {
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

  it('counts no guess without a login, or after a login or session has ended', async () => {
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
    expect(totalOf((await countersOf(person.id)).guesses.codes.failures)).toBe(1);
    await portal.mfa.sessionsOf(person.id).endAll();
    for (let tries = 0; tries < 12; tries += 1)
      await postHeld(portal.app, held, '/mfa/challenge', { code: wrong });
    expect(totalOf((await countersOf(person.id)).guesses.codes.failures)).toBeLessThanOrEqual(2);
  });
});
