import type { Authenticator, GuessGroup, GuessLimits } from '../../core/authenticator';
import type { GuessOutcome, RecordStore } from '../record-store';
import { recordsOf, type CountedGuesses, type UserRecords, type Users } from './user-records';

type Verbs = 'spendGuess' | 'recordSuccess' | 'acceptTimeStep' | 'clearGuesses';

const LONGEST_LOCK_SECONDS = 86_400;
const NONE: CountedGuesses = { failures: 0, lockedUntil: null, locks: 0 };

function lock(
  counter: CountedGuesses,
  limits: GuessLimits,
  now: number,
): CountedGuesses & { lockedUntil: number } {
  const seconds = Math.min(limits.lockSeconds * 2 ** counter.locks, LONGEST_LOCK_SECONDS);
  return { failures: counter.failures, lockedUntil: now + seconds * 1000, locks: counter.locks + 1 };
}

function succeed(
  records: UserRecords,
  success: {
    readonly group: GuessGroup;
    readonly authenticator: Authenticator | undefined;
    readonly changes: Partial<Authenticator>;
  },
): void {
  const { group, authenticator, changes } = success;
  records.guesses.delete(group);
  if (authenticator === undefined) return;
  const cleared = { ...authenticator, failures: 0, disabledAt: null, ...changes };
  records.authenticators.set(authenticator.id, cleared);
}

export function guessesIn(users: Users): Pick<RecordStore, Verbs> {
  return {
    async spendGuess({ userId, group, authenticatorId, limits, now }): Promise<GuessOutcome> {
      const records = recordsOf(users, userId);
      let counter = records.guesses.get(group) ?? NONE;
      if (counter.lockedUntil !== null) {
        if (now < counter.lockedUntil) return { outcome: 'locked', lockedUntil: counter.lockedUntil };
        counter = { failures: 0, lockedUntil: null, locks: counter.locks };
      }
      const authenticator =
        authenticatorId === null ? undefined : records.authenticators.get(authenticatorId);
      if (authenticatorId !== null) {
        if (authenticator === undefined || authenticator.disabledAt !== null) return { outcome: 'disabled' };
        if (authenticator.failures >= limits.perAuthenticator) {
          records.authenticators.set(authenticatorId, { ...authenticator, disabledAt: now });
          return { outcome: 'disabled' };
        }
      }
      if (counter.failures >= limits.perUser) {
        const locked = lock(counter, limits, now);
        records.guesses.set(group, locked);
        return { outcome: 'locked', lockedUntil: locked.lockedUntil };
      }
      counter = { ...counter, failures: counter.failures + 1 };
      if (counter.failures >= limits.perUser) counter = lock(counter, limits, now);
      records.guesses.set(group, counter);
      let guessesLeft = limits.perUser - counter.failures;
      if (authenticator !== undefined) {
        const failures = authenticator.failures + 1;
        const disabledAt = failures >= limits.perAuthenticator ? now : null;
        records.authenticators.set(authenticator.id, { ...authenticator, failures, disabledAt });
        guessesLeft = Math.min(guessesLeft, limits.perAuthenticator - failures);
      }
      return { outcome: 'spent', guessesLeft, lockedUntil: counter.lockedUntil };
    },

    async recordSuccess({ userId, group, authenticatorId, now }) {
      const records = users.get(userId);
      if (records === undefined) return;
      const authenticator =
        authenticatorId === null ? undefined : records.authenticators.get(authenticatorId);
      succeed(records, { group, authenticator, changes: { lastUsedAt: now } });
    },

    async acceptTimeStep({ userId, authenticatorId, timeStep, now }) {
      const records = users.get(userId);
      const authenticator = records?.authenticators.get(authenticatorId);
      if (records === undefined || authenticator === undefined) return false;
      if (authenticator.lastAcceptedStep !== null && timeStep <= authenticator.lastAcceptedStep) return false;
      const changes = { lastUsedAt: now, lastAcceptedStep: timeStep };
      succeed(records, { group: 'codes', authenticator, changes });
      return true;
    },

    async clearGuesses(userId) {
      users.get(userId)?.guesses.clear();
    },
  };
}
