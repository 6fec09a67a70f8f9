import { giveApp, giveRecoveryCode } from '../../support/given-app';
import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

/*
 * The attack: somebody with the password locks the account, or reads the owner's mail, and tries to turn the unlock link
 * into a way in or into more guesses.
 */

async function locked() {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const app = await giveApp(portal, 'ada');
  const wrong = () => wrongCode(totpCode(app.secret, portal.clock.now()));
  for (let login = 0; login < 2; login += 1) {
    const attacker = visit(portal);
    await attacker.logIn('ada');
    for (let guess = 0; guess < 5; guess += 1) await attacker.postJson('/mfa/challenge', { code: wrong() });
  }
  await portal.mfa.settled();
  const mail = portal.outbox.messages.findLast(({ text }) => text.includes('unlock?token='));
  const token = /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  const lockOf = async () => (await portal.records.findMember('ada', 'acme')).guesses.codes.lockedUntil;
  return { portal, app, wrong, token, lockOf };
}

describe('unlocking', () => {
  it('is not possible with the password alone', async () => {
    const { portal, lockOf } = await locked();
    const attacker = visit(portal);
    expect((await attacker.logIn('ada')).body).toMatchObject({ outcome: 'rejected', because: 'locked' });
    expect((await attacker.getJson('/mfa/unlock/challenge')).status).toBe(401);
    for (const token of ['A'.repeat(43), 'short', '', ['list']])
      expect((await attacker.postJson('/mfa/unlock', { token })).status).toBe(404);
    expect(await lockOf()).not.toBeNull();
  });

  it('is not possible with the link alone, however it is opened', async () => {
    const { portal, token, lockOf } = await locked();
    const reader = visit(portal);
    await reader.get(`/mfa/unlock?token=${token}`);
    await reader.postJson('/mfa/unlock', { token });
    expect((await reader.getJson('/mfa/unlock/challenge')).status).toBe(401);
    expect((await reader.postJson('/mfa/unlock/challenge', { code: '123456' })).status).toBe(401);
    expect((await reader.getJson('/whoami')).body.authenticated).toBe(false);
    expect(await lockOf()).not.toBeNull();
  });

  it('is not possible with a recovery code, which has a lock of its own', async () => {
    const { portal, token, lockOf } = await locked();
    const code = await giveRecoveryCode(portal, 'ada');
    const thief = visit(portal);
    await thief.postJson('/mfa/unlock', { token });
    await thief.logIn('ada');
    const answer = { authenticatorId: 'recovery-codes', code };
    const refused = await thief.postJson('/mfa/unlock/challenge', answer);
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'no-authenticator' });
    expect(await lockOf()).not.toBeNull();
    expect((await portal.records.findMember('ada', 'acme')).recoveryCodesLeft).toBeGreaterThan(0);
  });

  it('uses its code up for every other login', async () => {
    const { portal, app, token, lockOf } = await locked();
    const owner = visit(portal);
    await owner.postJson('/mfa/unlock', { token });
    await owner.logIn('ada');
    const code = app.nextCode();
    const unlocked = await owner.postJson('/mfa/unlock/challenge', { code });
    expect(unlocked.body.outcome).toBe('signed-in');
    expect(await lockOf()).toBeNull();
    const thief = visit(portal);
    await thief.logIn('ada');
    const replayed = await thief.postJson('/mfa/challenge', { code });
    expect(replayed.body).toMatchObject({ outcome: 'rejected', because: 'code-used' });
  });

  it('allows three guesses per link over all logins, which count for the authenticator', async () => {
    const { portal, app, wrong, token, lockOf } = await locked();
    const outcomes: string[] = [];
    for (let login = 0; login < 3; login += 1) {
      const thief = visit(portal);
      await thief.postJson('/mfa/unlock', { token });
      await thief.logIn('ada');
      for (let guess = 0; guess < 2; guess += 1) {
        const { body } = await thief.postJson('/mfa/unlock/challenge', { code: wrong() });
        outcomes.push(body.because);
      }
    }
    expect(outcomes.slice(0, 3)).toEqual(['wrong-code', 'wrong-code', 'unlock-used-up']);
    expect(outcomes.slice(3)).not.toContain('wrong-code');
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators[0]?.failures).toBe(13);
    const owner = visit(portal);
    expect((await owner.postJson('/mfa/unlock', { token })).status).toBe(404);
    expect((await owner.logIn('ada')).body).toMatchObject({ because: 'locked' });
    expect((await owner.postJson('/mfa/unlock/challenge', { code: app.nextCode() })).status).toBe(401);
    expect(await lockOf()).not.toBeNull();
  });

  it('counts the guesses at a link for as long as the link lives', async () => {
    const { portal, wrong, token } = await locked();
    const answers: string[] = [];
    for (const guesses of [2, 1]) {
      const thief = visit(portal);
      await thief.postJson('/mfa/unlock', { token });
      await thief.logIn('ada');
      for (let guess = 0; guess < guesses; guess += 1)
        answers.push((await thief.postJson('/mfa/unlock/challenge', { code: wrong() })).body.because);
      portal.clock.advance(11 * 60_000);
    }
    expect(answers).toEqual(['wrong-code', 'wrong-code', 'unlock-used-up']);
  });

  it('counts no guess for a login that has ended', async () => {
    const { portal, app, token, lockOf } = await locked();
    const owner = visit(portal);
    await owner.postJson('/mfa/unlock', { token });
    await owner.logIn('ada');
    portal.clock.advance(11 * 60_000);
    const late = await owner.postJson('/mfa/unlock/challenge', { code: app.nextCode() });
    expect([late.status, late.body.outcome]).toEqual([401, 'sign-in']);
    expect(await lockOf()).not.toBeNull();
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators[0]?.failures).toBe(10);
  });

  it('with the link of one account allows no guess at another', async () => {
    const { portal, token } = await locked();
    const app = await giveApp(portal, 'mary');
    for (let guess = 0; guess < 10; guess += 1) {
      await portal.records.spendGuess({
        userId: 'mary',
        group: 'codes',
        rank: 3,
        authenticatorId: null,
        limits: { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 },
        now: portal.clock.now(),
      });
    }
    const thief = visit(portal);
    await thief.postJson('/mfa/unlock', { token });
    expect((await thief.logIn('mary')).body).toMatchObject({ outcome: 'rejected', because: 'locked' });
    expect((await thief.getJson('/mfa/unlock/challenge')).body).toMatchObject({ because: 'no-session' });
    await thief.post('/sso/mary');
    const answer = { code: app.nextCode() };
    const refused = await thief.postJson('/mfa/unlock/challenge', answer);
    expect(refused.body).toMatchObject({ because: 'unlock-link-over' });
    const { guesses } = await portal.records.findMember('mary', 'acme');
    expect(guesses.codes.lockedUntil).not.toBeNull();
  });

  it('is refused for another account that opens the link', async () => {
    const { portal, token, lockOf } = await locked();
    const app = await giveApp(portal, 'mary');
    const mary = visit(portal);
    await mary.postJson('/mfa/unlock', { token });
    expect((await mary.logIn('mary')).body).toMatchObject({ next: '/mfa/challenge' });
    await mary.postJson('/mfa/challenge', { code: app.nextCode() });
    expect((await mary.postJson('/mfa/unlock', { token })).body).toMatchObject({
      because: 'unlock-link-of-another',
    });
    expect(await lockOf()).not.toBeNull();
  });

  it('keeps its token out of the state and the events', async () => {
    const { portal, token } = await locked();
    const { events } = await portal.records.listEvents({ organizationId: 'acme', limit: 100 });
    expect(token).toHaveLength(43);
    expect(JSON.stringify(events)).not.toContain(token);
    expect(await portal.state.findUnlockLink(token)).toBeUndefined();
  });
});
