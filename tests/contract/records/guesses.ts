import type { Records } from '../../support/records';
import { GUESS_LIMITS, NO_USE } from '../../../src/core/member/authenticator';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';

import { NOW, aGuess, aUser, anAuthenticator, newId } from '../samples';
import { GUARANTEED, guessUntilLockedWith } from './guess-until-locked';

/** A right answer of the strongest factor. */
const APP = { guessedRank: 3, provenRank: 3 } as const;

/** What every record store does with guesses. */
export function describeGuesses(open: () => Records): void {
  const guessUntilLocked = guessUntilLockedWith(open);
  const lockOf = async (userId: string) =>
    (await open().findMember(userId, 'acme')).guesses.codes.lockedUntil;

  describe('guesses', () => {
    it('spends as many as the user has, then locks', async () => {
      const userId = await aUser(open());
      const guess = aGuess({ userId, limits: GUARANTEED });
      const lockedUntil = NOW + 60_000;
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'spent', guessesLeft: 2, lockedUntil: null });
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'spent', guessesLeft: 1, lockedUntil: null });
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'spent', guessesLeft: 0, lockedUntil });
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'locked', lockedUntil });
      expect(await open().spendGuess({ ...guess, now: lockedUntil - 1 })).toEqual({
        outcome: 'locked',
        lockedUntil,
      });
      expect((await open().findMember(userId, 'acme')).guesses.codes).toEqual({
        failures: { 1: 0, 2: 0, 3: 3 },
        locks: { 1: 0, 2: 0, 3: 1 },
        lockedUntil,
      });
    });

    it('begins a new count when the lock has run out', async () => {
      const userId = await aUser(open());
      await guessUntilLocked(userId, NOW);
      const after = aGuess({ userId, limits: GUARANTEED, now: NOW + 60_000 });
      expect(await open().spendGuess(after)).toEqual({ outcome: 'spent', guessesLeft: 2, lockedUntil: null });
    });

    it('doubles each further lock without a success between, up to a day', async () => {
      const userId = await aUser(open());
      let now = NOW;
      const lengths: number[] = [];
      for (let lock = 0; lock < 13; lock += 1) {
        await guessUntilLocked(userId, now);
        const lockedUntil = (await lockOf(userId)) ?? 0;
        lengths.push((lockedUntil - now) / 1000);
        now = lockedUntil;
      }
      expect(lengths.slice(0, 4)).toEqual([60, 120, 240, 480]);
      expect(lengths.slice(-2)).toEqual([86_400, 86_400]);
      await open().recordSuccess({ userId, group: 'codes', authenticatorId: null, ...APP, now });
      await guessUntilLocked(userId, now);
      expect(await lockOf(userId)).toBe(now + 60_000);
    });

    it('counts recovery codes apart', async () => {
      const userId = await aUser(open());
      await guessUntilLocked(userId, NOW);
      const recovery = await open().spendGuess(
        aGuess({ userId, group: 'recovery-codes', limits: GUARANTEED }),
      );
      expect(recovery.outcome).toBe('spent');
    });

    it('disables the authenticator at its own limit, across locks and unlocks', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator();
      await open().addAuthenticator(userId, app);
      const outcomes: string[] = [];
      for (let guess = 0; guess < 7; guess += 1) {
        await open().clearGuesses(userId);
        const spent = await open().spendGuess(
          aGuess({ userId, authenticatorId: app.id, limits: GUARANTEED }),
        );
        outcomes.push(spent.outcome);
      }
      expect(outcomes).toEqual(['spent', 'spent', 'spent', 'spent', 'spent', 'disabled', 'disabled']);
      const [found] = (await open().findMember(userId, 'acme')).authenticators;
      expect(found).toMatchObject({ failures: 5, disabledAt: NOW });
    });

    it('leaves a disabled authenticator disabled where the limit was raised meanwhile', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator({ failures: 4 });
      await open().addAuthenticator(userId, app);
      const guess = { userId, authenticatorId: app.id };
      expect(await open().spendGuess(aGuess({ ...guess, limits: GUARANTEED }))).toMatchObject({
        disabled: true,
      });
      const raised = { ...GUARANTEED, perAuthenticator: 100 };
      expect(await open().spendGuess(aGuess({ ...guess, limits: raised }))).toEqual({ outcome: 'disabled' });
    });

    it('calls an authenticator that is gone disabled', async () => {
      const userId = await aUser(open());
      const outcome = await open().spendGuess(aGuess({ userId, authenticatorId: newId() }));
      expect(outcome).toEqual({ outcome: 'disabled' });
    });

    it('says how many guesses the nearer limit leaves', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator({ failures: 98 });
      await open().addAuthenticator(userId, app);
      const outcome = await open().spendGuess(aGuess({ userId, authenticatorId: app.id }));
      expect(outcome).toMatchObject({ outcome: 'spent', guessesLeft: 1 });
    });

    it('holds to limits that were lowered meanwhile', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator({ failures: 7 });
      await open().addAuthenticator(userId, app);
      await open().spendGuess(aGuess({ userId }));
      await open().spendGuess(aGuess({ userId }));
      const own = await open().spendGuess(aGuess({ userId, authenticatorId: app.id, limits: GUARANTEED }));
      expect(own).toEqual({ outcome: 'disabled' });
      const lowered = { ...GUARANTEED, perUser: 2 };
      const group = await open().spendGuess(aGuess({ userId, limits: lowered }));
      expect(group).toEqual({ outcome: 'locked', lockedUntil: NOW + 60_000 });
    });

    it('never spends more than the limit, however many guess at once', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator();
      await open().addAuthenticator(userId, app);
      const guess = aGuess({ userId, authenticatorId: app.id });
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => open().spendGuess(guess)));
      expect(outcomes.filter(({ outcome }) => outcome === 'spent')).toHaveLength(GUESS_LIMITS.perUser);
    });

    it('clears counter, lock and disablement by a right proof, and remembers when', async () => {
      const userId = await aUser(open());
      const phone = anAuthenticator({ kind: 'sms', failures: 4, disabledAt: NOW });
      await open().addAuthenticator(userId, phone);
      await guessUntilLocked(userId, NOW);
      await open().recordSuccess({
        userId,
        group: 'codes',
        authenticatorId: phone.id,
        ...APP,
        now: NOW + 5,
      });
      const found = await open().findMember(userId, 'acme');
      expect(found.guesses.codes).toEqual(NO_GUESSES);
      expect(found.authenticators).toEqual([
        { ...phone, failures: 0, disabledAt: null, lastUsedAt: NOW + 5 },
      ]);
      await open().recordSuccess({ userId, group: 'codes', authenticatorId: newId(), ...APP, now: NOW });
      expect((await open().findMember(userId, 'acme')).authenticators).toHaveLength(1);
    });

    describe('at an address on file', () => {
      const email = 'on-file-email';
      const useOf = async (userId: string) => (await open().findMember(userId, 'acme')).onFile['email'];

      async function disabledEmail() {
        const userId = await aUser(open());
        const limits = { ...GUARANTEED, perUser: 100 };
        const guess = aGuess({ userId, authenticatorId: email, limits });
        await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: 'email' });
        for (let tries = 0; tries < limits.perAuthenticator; tries += 1) await open().spendGuess(guess);
        expect(await open().spendGuess(guess)).toEqual({ outcome: 'disabled' });
        await open().clearGuesses(userId);
        expect(await open().spendGuess(guess)).toEqual({ outcome: 'disabled' });
        return { userId, guess };
      }

      it('disables it at the limit until other settings bind it anew, and not for the same ones', async () => {
        const { userId, guess } = await disabledEmail();
        await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: 'email' });
        expect(await useOf(userId)).toEqual({ failures: 5, disabledAt: NOW, lastUsedAt: null });
        await open().saveMemberSettings(userId, 'acme', { enabled: false, assignedKind: null });
        expect(await useOf(userId)).toEqual(NO_USE);
        expect(await open().spendGuess(guess)).toMatchObject({ outcome: 'spent' });
      });

      it('stays disabled under other settings of an administrator who may not weaken it', async () => {
        const { userId, guess } = await disabledEmail();
        const settings = { enabled: false, assignedKind: null };
        await open().saveMemberSettings(userId, 'acme', settings, { keepsCounts: true });
        expect(await open().spendGuess(guess)).toEqual({ outcome: 'disabled' });
        expect((await open().findMember(userId, 'acme')).settings).toMatchObject(settings);
        const assigned = { enabled: true, assignedKind: 'email' } as const;
        await open().saveMemberSettings(userId, 'acme', assigned, { keepsCounts: false });
        expect(await open().spendGuess(guess)).toMatchObject({ outcome: 'spent' });
      });

      it('is cleared by a right proof, which is remembered, and by a reset', async () => {
        const { userId } = await disabledEmail();
        await open().recordSuccess({
          userId,
          group: 'codes',
          authenticatorId: email,
          ...APP,
          now: NOW + 5,
        });
        expect(await useOf(userId)).toEqual({ failures: 0, disabledAt: null, lastUsedAt: NOW + 5 });
        await open().removeAllAuthenticators(userId);
        expect(await useOf(userId)).toEqual(NO_USE);
      });
    });

    it('clears the locks of every group on demand', async () => {
      const userId = await aUser(open());
      await guessUntilLocked(userId, NOW);
      await open().spendGuess(aGuess({ userId, group: 'recovery-codes' }));
      await open().clearGuesses(userId);
      const { guesses } = await open().findMember(userId, 'acme');
      expect(guesses).toEqual({ codes: NO_GUESSES, 'recovery-codes': NO_GUESSES });
    });
  });
}
