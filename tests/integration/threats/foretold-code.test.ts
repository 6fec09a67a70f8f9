import { giveApp } from '../../support/given-app';
import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// The attack: somebody with the password guesses. Where a guess is a code to come, the answer "your phone's clock is off"
// says so, and the guesser keeps it until its time is there: 23 codes to hit with each guess instead of three.

describe.each(storeKinds)('a code whose time is still to come, on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });

  beforeAll(() => portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' }));
  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  it('is never accepted once a response has revealed it, in any login', async () => {
    const { secret } = await giveApp(portal, 'ada');
    portal.clock.advance(3_600_000);
    const codeIn = (seconds: number) => totpCode(secret, portal.clock.now() + seconds * 1000);
    const guesser = visit(portal);
    await guesser.logIn('ada');
    const guessed = codeIn(300);
    expect((await guesser.postJson('/mfa/challenge', { code: guessed })).body).toMatchObject({
      because: 'clock-off',
      driftSeconds: 300,
    });
    portal.clock.advance(300_000);
    const again = visit(portal);
    await again.logIn('ada');
    for (const thief of [guesser, again]) {
      const refused = await thief.postJson('/mfa/challenge', { code: guessed });
      expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'code-used' });
      expect((await thief.getJson('/whoami')).body.authenticated).toBe(false);
    }
    // The owner loses these thirty seconds and nothing more.
    portal.clock.advance(30_000);
    const owner = visit(portal);
    await owner.logIn('ada');
    expect((await owner.postJson('/mfa/challenge', { code: codeIn(0) })).body).toMatchObject({
      outcome: 'signed-in',
    });
  });
});
