import { totalOf } from '../../../src/core/member/guess-counter';
import { giveApp } from '../../support/given-app';
import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

async function atChallenge() {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const app = await giveApp(portal, 'ada');
  portal.clock.advance(3_600_000);
  const ada = visit(portal);
  await ada.logIn('ada');
  const codeOff = (seconds: number) => totpCode(app.secret, portal.clock.now() + seconds * 1000);
  const memberOf = () => portal.records.findMember('ada', 'acme');
  return { portal, ada, codeOff, memberOf };
}

describe('a code of an app whose clock is off', () => {
  it.each([[-600], [-60], [60], [600]])(
    'by %i seconds is refused and counted, and says so',
    async (seconds) => {
      const { ada, codeOff, memberOf } = await atChallenge();
      const refused = await ada.postJson('/mfa/challenge', { code: codeOff(seconds) });
      expect(refused.status).toBe(401);
      expect(refused.body).toMatchObject({
        outcome: 'rejected',
        because: 'clock-off',
        driftSeconds: seconds,
        attemptsLeft: 4,
      });
      const { guesses, authenticators } = await memberOf();
      expect(totalOf(guesses.codes.failures)).toBe(1);
      expect(authenticators[0]).toMatchObject({ failures: 1 });
      expect(authenticators[0]?.state).not.toHaveProperty('lastAcceptedStep', expect.any(Number));
      expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
    },
  );

  it('uses nothing up: the current code still works', async () => {
    const { portal, ada, codeOff } = await atChallenge();
    await ada.postJson('/mfa/challenge', { code: codeOff(90) });
    portal.clock.advance(60_000);
    expect((await ada.postJson('/mfa/challenge', { code: codeOff(0) })).body).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('is a wrong code if it is off by more than ten minutes', async () => {
    const { ada, codeOff } = await atChallenge();
    const refused = await ada.postJson('/mfa/challenge', { code: codeOff(630) });
    expect(refused.body.because).toBe('wrong-code');
  });

  it('shows how to set the clock', async () => {
    const { ada, codeOff } = await atChallenge();
    const page = await ada.post('/mfa/challenge', { code: codeOff(300) });
    expect(page.status).toBe(401);
    expect(page.text).toContain('Your phone’s clock is off');
    expect(page.text).toContain('Set Automatically');
    expect(page.text).toContain('name="code"');
  });

  it('counts towards the lock', async () => {
    const { portal, ada, codeOff, memberOf } = await atChallenge();
    for (let guess = 0; guess < 5; guess += 1) await ada.postJson('/mfa/challenge', { code: codeOff(300) });
    await ada.logIn('ada');
    for (let guess = 0; guess < 5; guess += 1) await ada.postJson('/mfa/challenge', { code: codeOff(300) });
    expect((await memberOf()).guesses.codes.lockedUntil).toBe(portal.clock.now() + 1_800_000);
  });
});
