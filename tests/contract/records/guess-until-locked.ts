import type { Records } from '../../support/records';
import { aGuess } from '../samples';

/** Limits so low that a test reaches them. */
export const GUARANTEED = { perChallenge: 5, perUser: 3, perAuthenticator: 5, lockSeconds: 60 };

/** Guesses as often as a user may at these limits, in the store that `open` gives. */
export const guessUntilLockedWith = (open: () => Records) =>
  async function guessUntilLocked(userId: string, now: number): Promise<void> {
    for (let guess = 0; guess < GUARANTEED.perUser; guess += 1) {
      await open().spendGuess(aGuess({ userId, limits: GUARANTEED, now }));
    }
  };
