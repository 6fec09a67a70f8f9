import type { Records } from '../../support/records';
import * as fc from 'fast-check';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';
import { timeStepAt } from '../../../src/core/proof/totp';

import { NOW, aUser, acceptTimeStep, anAuthenticator, newId, refuseTimeStep } from '../samples';
import { guessUntilLockedWith } from './guess-until-locked';

/** What every record store does with the time steps of authenticator apps. */
export function describeTimeSteps(open: () => Records): void {
  const guessUntilLocked = guessUntilLockedWith(open);

  describe('time steps', () => {
    it('accepts only steps above the last accepted one', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator({ state: { lastAcceptedStep: 100 } });
      await open().addAuthenticator(userId, app);
      const accept = (timeStep: number) =>
        acceptTimeStep(open(), { userId, authenticatorId: app.id, timeStep, now: NOW + timeStep });
      expect(await accept(100)).toBe(false);
      expect(await accept(101)).toBe(true);
      expect(await accept(101)).toBe(false);
      expect(await accept(99)).toBe(false);
      expect(await accept(103)).toBe(true);
      const [found] = (await open().findMember(userId, 'acme')).authenticators;
      expect(found).toMatchObject({ state: { lastAcceptedStep: 103 }, lastUsedAt: NOW + 103 });
    });

    it('accepts a step once, and with it clears the counters', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator({ failures: 2 });
      await open().addAuthenticator(userId, app);
      await guessUntilLocked(userId, NOW);
      const proof = { userId, authenticatorId: app.id, timeStep: 7, now: NOW };
      const accepted = await Promise.all(Array.from({ length: 30 }, () => acceptTimeStep(open(), proof)));
      expect(accepted.filter(Boolean)).toHaveLength(1);
      const found = await open().findMember(userId, 'acme');
      expect(found.guesses.codes).toEqual(NO_GUESSES);
      expect(found.authenticators[0]?.failures).toBe(0);
    });

    it('neither refuses codes until the time of one that a clock ahead accepted, nor accepts any twice', async () => {
      const userId = newId();
      const app = anAuthenticator({ state: { lastAcceptedStep: timeStepAt(NOW) } });
      await open().addAuthenticator(userId, app);
      const accept = (at: number) =>
        acceptTimeStep(open(), { userId, authenticatorId: app.id, timeStep: timeStepAt(at), now: at });
      const [year, minute] = [365 * 86_400_000, 60_000];
      expect(await accept(NOW + year)).toBe(true);
      expect(await accept(NOW)).toBe(false);
      expect(await accept(NOW + minute)).toBe(true);
      expect(await accept(NOW + minute)).toBe(false);
      expect(await accept(NOW + year)).toBe(false);
      const [found] = (await open().findMember(userId, 'acme')).authenticators;
      expect(found).toMatchObject({
        state: { lastAcceptedStep: timeStepAt(NOW + year), stepBefore: timeStepAt(NOW + minute) },
      });
    });

    it('accepts each step once, however the clocks of those who ask jump both ways', async () => {
      const jump = fc.integer({ min: 0, max: 59 }).map((place) => (place % 6) * 10 + Math.floor(place / 20));
      await fc.assert(
        fc.asyncProperty(fc.array(jump, { maxLength: 30 }), async (steps) => {
          const userId = newId();
          const app = anAuthenticator();
          await open().addAuthenticator(userId, app);
          const accepted: number[] = [];
          for (const step of steps) {
            const now = NOW + step * 30_000;
            const proof = { userId, authenticatorId: app.id, timeStep: timeStepAt(now), now };
            if (await acceptTimeStep(open(), proof)) accepted.push(step);
          }
          expect(new Set(accepted).size).toBe(accepted.length);
        }),
        { numRuns: 30 },
      );
    });

    it('never accepts the step that was refused beforehand, and leaves the others alone', async () => {
      const userId = await aUser(open());
      const app = anAuthenticator({ state: { lastAcceptedStep: 100 } });
      await open().addAuthenticator(userId, app);
      const step = (timeStep: number) => ({ userId, authenticatorId: app.id, timeStep, now: NOW });
      await refuseTimeStep(open(), step(110));
      await refuseTimeStep(open(), step(112));
      expect(await acceptTimeStep(open(), step(112))).toBe(false);
      expect(await acceptTimeStep(open(), step(111))).toBe(true);
      expect(await acceptTimeStep(open(), step(112))).toBe(false);
      expect(await acceptTimeStep(open(), step(113))).toBe(true);
      const gone = { ...step(5), authenticatorId: newId() };
      await refuseTimeStep(open(), gone);
      await open().removeAuthenticator(userId, app.id);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([]);
    });

    it('accepts none for an authenticator that is gone', async () => {
      const userId = await aUser(open());
      const proof = { userId, authenticatorId: newId(), timeStep: 7, now: NOW };
      expect(await acceptTimeStep(open(), proof)).toBe(false);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([]);
    });
  });
}
