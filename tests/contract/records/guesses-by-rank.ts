import * as fc from 'fast-check';
import type { FactorRank } from '../../../src/core/decision/usable-factors';
import { onFileId } from '../../../src/core/member/factor-kind';
import type { PerRank } from '../../../src/core/member/guess-counter';
import type { Records } from '../../support/records';
import { NOW, aGuess, aUser, acceptTimeStep, anAuthenticator } from '../samples';

const LIMITS = { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 };
const RANKS = [1, 2, 3] as const;

/** One answer: by the factor of a rank, right or wrong, and by the channel of what rank its code came. */
interface Act {
  readonly rank: FactorRank;
  readonly right: boolean;
  readonly via: FactorRank;
  /** How long before it. */
  readonly afterMs: number;
}

const act: fc.Arbitrary<Act> = fc
  .record({
    rank: fc.constantFrom(...RANKS),
    right: fc.boolean(),
    via: fc.constantFrom(...RANKS),
    afterMs: fc.constantFrom(0, 0, 0, 60_000, 1_800_000),
  })
  .map((made) => ({ ...made, via: made.via < made.rank && made.rank === 2 ? made.via : made.rank }));

/** What every record store does with guesses at factors of different strength. */
export function describeGuessesByRank(open: () => Records): void {
  /** A person with an app, a phone and an address, and what answers do to them. */
  async function aPerson() {
    const userId = await aUser(open());
    const app = anAuthenticator({ kind: 'totp' });
    const phone = anAuthenticator({ kind: 'sms' });
    const idOf: Readonly<Record<FactorRank, string>> = { 1: onFileId('email'), 2: phone.id, 3: app.id };
    await open().addAuthenticator(userId, app);
    await open().addAuthenticator(userId, phone);
    let timeStep = 1;
    const guess = (rank: FactorRank, now = NOW) =>
      open().spendGuess(aGuess({ userId, authenticatorId: idOf[rank], rank, limits: LIMITS, now }));
    async function succeed(rank: FactorRank, via: FactorRank = rank, now = NOW): Promise<void> {
      timeStep += 1;
      if (rank === 3) await acceptTimeStep(open(), { userId, authenticatorId: app.id, timeStep, now });
      else
        await open().recordSuccess({
          userId,
          group: 'codes',
          authenticatorId: idOf[rank],
          guessedRank: rank,
          provenRank: via,
          now,
        });
    }
    async function current() {
      const { guesses, authenticators, onFile } = await open().findMember(userId, 'acme');
      const own = (rank: FactorRank) =>
        rank === 1 ? onFile['email'] : authenticators.find(({ id }) => id === idOf[rank]);
      return { ...guesses.codes, own: { 1: own(1), 2: own(2), 3: own(3) } };
    }
    return { userId, guess, succeed, current };
  }

  describe('guesses at factors of different strength', () => {
    it('four wrong app codes and one right email code, again and again, lock as ten in a row do', async () => {
      const { guess, succeed, current } = await aPerson();
      let judged = 0;
      for (let round = 0; round < 10; round += 1) {
        for (let tries = 0; tries < 4; tries += 1) {
          if ((await guess(3)).outcome === 'spent') judged += 1;
        }
        if ((await guess(1)).outcome === 'spent') await succeed(1);
      }
      expect(judged).toBe(10);
      expect(await current()).toMatchObject({
        failures: { 1: 0, 2: 0, 3: 10 },
        locks: { 3: 1 },
        lockedUntil: NOW + 1_800_000,
      });
    });

    it('a hundred wrong app codes disable the app, however often the email code is right between', async () => {
      const { guess, succeed, current } = await aPerson();
      let judged = 0;
      for (let now = NOW, tries = 0; tries < 300; tries += 1, now += 3_600_000) {
        if ((await guess(3, now)).outcome === 'spent') judged += 1;
        if ((await guess(1, now)).outcome === 'spent') await succeed(1, 1, now);
      }
      expect(judged).toBe(100);
      const { own } = await current();
      expect(own[3]).toMatchObject({ failures: 100 });
      expect(own[3]?.disabledAt).not.toBeNull();
    });

    it('a right app code ends every count', async () => {
      const { guess, succeed, current } = await aPerson();
      for (const rank of RANKS) await guess(rank);
      await guess(3);
      await succeed(3);
      const { failures, own } = await current();
      expect([failures, own[3]?.failures]).toEqual([{ 1: 0, 2: 0, 3: 0 }, 0]);
    });

    it('a code for the phone that went by email takes its own guess back, and leaves the phone as it was', async () => {
      const { guess, succeed, current } = await aPerson();
      await guess(2);
      await guess(2);
      await succeed(2, 1);
      const { failures, own } = await current();
      expect([failures, own[2]?.failures]).toEqual([{ 1: 0, 2: 1, 3: 0 }, 1]);
      expect(own[2]?.lastUsedAt).toBe(NOW);
    });

    it('never lets a right answer by a weaker factor or channel change what counts for a stronger one', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 40 }), async (acts) => {
          const { guess, succeed, current } = await aPerson();
          let now = NOW;
          let inARow: PerRank = { 1: 0, 2: 0, 3: 0 };
          for (const { rank, right, via, afterMs } of acts) {
            now += afterMs;
            const before = await current();
            const { outcome } = await guess(rank, now);
            if (outcome !== 'spent') continue;
            // A lock that has run out starts the counts anew.
            const ranOut = before.lockedUntil !== null && now >= before.lockedUntil;
            if (ranOut) inARow = { 1: 0, 2: 0, 3: 0 };
            if (!right) {
              inARow = { ...inARow, [rank]: inARow[rank] + 1 };
              continue;
            }
            await succeed(rank, via, now);
            const after = await current();
            for (const stronger of RANKS.filter((one) => one > via)) {
              expect(after.failures[stronger]).toBe(ranOut ? 0 : before.failures[stronger]);
              expect(after.locks[stronger]).toBe(before.locks[stronger]);
              expect(after.own[stronger]).toMatchObject({
                failures: before.own[stronger]?.failures,
                disabledAt: before.own[stronger]?.disabledAt,
              });
            }
            for (const weaker of RANKS.filter((one) => one <= via)) expect(after.failures[weaker]).toBe(0);
            inARow = { 1: kept(inARow, 1, via), 2: kept(inARow, 2, via), 3: kept(inARow, 3, via) };
          }
          const { failures, lockedUntil } = await current();
          if (lockedUntil === null || now < lockedUntil) expect(failures).toEqual(inARow);
          expect(failures[1] + failures[2] + failures[3]).toBeLessThanOrEqual(LIMITS.perUser);
        }),
        { numRuns: 40 },
      );
    });
  });
}

function kept(counts: PerRank, rank: FactorRank, proven: FactorRank): number {
  return rank <= proven ? 0 : counts[rank];
}
