import type { Records } from '../support/records';
import { NO_GUESSES } from '../../src/core/member/guess-counter';

import { NOW, aGuess, aUser, anAuthenticator } from './samples';

const LIMITS = { perChallenge: 5, perUser: 2, perAuthenticator: 4, lockSeconds: 1800 };

/** What every record store says of guesses that set a lock, end one, or disable. */
export function describeUnlockGuesses(open: () => Records): void {
  async function withApp() {
    const userId = await aUser(open());
    const app = anAuthenticator();
    await open().addAuthenticator(userId, app);
    const request = { userId, authenticatorId: app.id, limits: LIMITS };
    const guess = (change: Partial<ReturnType<typeof aGuess>> = {}) =>
      open().spendGuess(aGuess({ ...request, ...change }));
    return { userId, app, guess };
  }

  describe('guesses during a lock', () => {
    it('say which one set the lock, and only that one', async () => {
      const { guess } = await withApp();
      const lockedUntil = NOW + 1_800_000;
      expect(await guess()).toEqual({ outcome: 'spent', guessesLeft: 1, lockedUntil: null });
      expect(await guess()).toEqual({ outcome: 'spent', guessesLeft: 0, lockedUntil });
      expect(await guess()).toEqual({ outcome: 'locked', lockedUntil });
    });

    it('count for the authenticator and leave the lock where it is', async () => {
      const { userId, guess } = await withApp();
      await guess();
      await guess();
      expect(await guess({ duringLock: true })).toEqual({
        outcome: 'spent',
        guessesLeft: 1,
        lockedUntil: null,
      });
      const { authenticators, guesses } = await open().findMember(userId, 'acme');
      expect(authenticators[0]?.failures).toBe(3);
      expect(guesses.codes).toMatchObject({ failures: { 3: 2 }, lockedUntil: NOW + 1_800_000 });
    });

    it('say which one disabled the authenticator, and are refused from then on', async () => {
      const { guess } = await withApp();
      await guess();
      await guess();
      await guess({ duringLock: true });
      expect(await guess({ duringLock: true })).toMatchObject({ outcome: 'spent', disabled: true });
      expect(await guess({ duringLock: true })).toEqual({ outcome: 'disabled' });
    });

    it('count for an address on file as for an authenticator', async () => {
      const userId = await aUser(open());
      const guess = aGuess({ userId, authenticatorId: 'on-file-sms', limits: LIMITS, duringLock: true });
      for (const guessesLeft of [3, 2, 1]) {
        expect(await open().spendGuess(guess)).toEqual({ outcome: 'spent', guessesLeft, lockedUntil: null });
      }
      expect(await open().spendGuess(guess)).toMatchObject({ outcome: 'spent', disabled: true });
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'disabled' });
      const { guesses, onFile } = await open().findMember(userId, 'acme');
      expect(guesses.codes).toEqual(NO_GUESSES);
      expect(onFile).toEqual({
        email: { failures: 0, disabledAt: null, lastUsedAt: null },
        sms: { failures: 4, disabledAt: NOW, lastUsedAt: null },
      });
    });
  });
}
