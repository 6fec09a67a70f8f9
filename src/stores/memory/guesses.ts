import type { Authenticator, GuessGroup, GuessLimits, OnFileUse } from '../../core/authenticator';
import { NO_USE } from '../../core/authenticator';
import { onFileKind } from '../../core/factor-kind';
import type { GuessOutcome, GuessRequest, RecordStore } from '../record-store';
import { recordsOf, type CountedGuesses, type UserRecords, type Users } from './user-records';

type Verbs = 'spendGuess' | 'recordSuccess' | 'acceptTimeStep' | 'refuseTimeStep' | 'clearGuesses';

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

type Counted = Pick<Authenticator, keyof OnFileUse>;

/** What counts guesses under the id: an authenticator or an address on file. Undefined where there is none. */
function findCounted(records: UserRecords, id: string | null): Counted | undefined {
  const kind = id === null ? null : onFileKind(id);
  if (kind !== null) return records.onFile.get(kind) ?? NO_USE;
  return id === null ? undefined : records.authenticators.get(id);
}

function changeCounted(records: UserRecords, id: string, changes: Partial<Authenticator>): void {
  const kind = onFileKind(id);
  if (kind !== null) {
    records.onFile.set(kind, { ...(records.onFile.get(kind) ?? NO_USE), ...changes });
    return;
  }
  const authenticator = records.authenticators.get(id);
  if (authenticator !== undefined) records.authenticators.set(id, { ...authenticator, ...changes });
}

function succeed(
  records: UserRecords,
  success: {
    readonly group: GuessGroup;
    readonly authenticatorId: string | null;
    readonly changes: Partial<Authenticator>;
  },
): void {
  const { group, authenticatorId, changes } = success;
  records.guesses.delete(group);
  if (authenticatorId === null) return;
  changeCounted(records, authenticatorId, { failures: 0, disabledAt: null, ...changes });
}

/** Why a guess at this authenticator is refused, whatever the group's count says. */
function isRefused(
  records: UserRecords,
  authenticatorId: string,
  { limits, now }: Pick<GuessRequest, 'limits' | 'now'>,
): boolean {
  const counted = findCounted(records, authenticatorId);
  if (counted === undefined || counted.disabledAt !== null) return true;
  if (counted.failures < limits.perAuthenticator) return false;
  changeCounted(records, authenticatorId, { disabledAt: now });
  return true;
}

/** Counts a guess at one authenticator; null where there is none to count at. */
function countOwnGuess(
  records: UserRecords,
  authenticatorId: string | null,
  { limits, now }: Pick<GuessRequest, 'limits' | 'now'>,
): { readonly left: number; readonly disabled: boolean } | null {
  const counted = findCounted(records, authenticatorId);
  if (authenticatorId === null || counted === undefined) return null;
  const failures = counted.failures + 1;
  const disabled = failures >= limits.perAuthenticator;
  changeCounted(records, authenticatorId, { failures, disabledAt: disabled ? now : null });
  return { left: limits.perAuthenticator - failures, disabled };
}

export function guessesIn(users: Users): Pick<RecordStore, Verbs> {
  return {
    async spendGuess(request): Promise<GuessOutcome> {
      const { userId, group, authenticatorId, limits, now, duringLock } = request;
      const records = recordsOf(users, userId);
      let counter = records.guesses.get(group) ?? NONE;
      if (counter.lockedUntil !== null && duringLock === undefined) {
        if (now < counter.lockedUntil) return { outcome: 'locked', lockedUntil: counter.lockedUntil };
        counter = { failures: 0, lockedUntil: null, locks: counter.locks };
      }
      if (authenticatorId !== null && isRefused(records, authenticatorId, request))
        return { outcome: 'disabled' };
      if (duringLock === undefined) {
        if (counter.failures >= limits.perUser) {
          const locked = lock(counter, limits, now);
          records.guesses.set(group, locked);
          return { outcome: 'locked', lockedUntil: locked.lockedUntil };
        }
        counter = { ...counter, failures: counter.failures + 1 };
        if (counter.failures >= limits.perUser) counter = lock(counter, limits, now);
        records.guesses.set(group, counter);
      }
      const own = countOwnGuess(records, authenticatorId, request);
      const ofGroup = duringLock === undefined ? limits.perUser - counter.failures : Infinity;
      return {
        outcome: 'spent',
        guessesLeft: Math.min(ofGroup, own?.left ?? limits.perUser),
        lockedUntil: duringLock === undefined ? counter.lockedUntil : null,
        ...(own?.disabled === true ? { disabled: true } : {}),
      };
    },

    async recordSuccess({ userId, group, authenticatorId, now }) {
      const records = users.get(userId);
      if (records === undefined) return;
      succeed(records, { group, authenticatorId, changes: { lastUsedAt: now } });
    },

    async acceptTimeStep({ userId, authenticatorId, timeStep, now }) {
      const records = users.get(userId);
      const authenticator = records?.authenticators.get(authenticatorId);
      if (records === undefined || authenticator === undefined) return false;
      if (authenticator.lastAcceptedStep !== null && timeStep <= authenticator.lastAcceptedStep) return false;
      if (records.refusedSteps.get(authenticatorId) === timeStep) return false;
      const changes = { lastUsedAt: now, lastAcceptedStep: timeStep };
      succeed(records, { group: 'codes', authenticatorId, changes });
      return true;
    },

    async refuseTimeStep({ userId, authenticatorId, timeStep }) {
      const records = users.get(userId);
      if (records?.authenticators.has(authenticatorId) === true)
        records.refusedSteps.set(authenticatorId, timeStep);
    },

    async clearGuesses(userId) {
      users.get(userId)?.guesses.clear();
    },
  };
}
