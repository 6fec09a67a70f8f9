import type { FactorRank } from '../../core/decision/factor-strength';
import { NO_USE, type Authenticator, type GuessGroup, type OnFileUse } from '../../core/member/authenticator';
import { onFileKind } from '../../core/member/factor-kind';
import {
  NO_GUESSES,
  countGuess,
  lockEnd,
  settleGuesses,
  settleOwnGuesses,
  totalOf,
  type RightAnswer,
} from '../../core/member/guess-counter';
import { acceptStep, timeStepAt } from '../../core/proof/totp';
import type { GuessOutcome, GuessRequest, RecordStore } from '../record-store';
import { recordsOf, type UserRecords, type Users } from './user-records';

type Verbs = 'spendGuess' | 'recordSuccess' | 'acceptTimeStep' | 'refuseTimeStep' | 'clearGuesses';

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
    readonly answer: RightAnswer;
    readonly changes: Partial<Authenticator>;
  },
): void {
  const { group, authenticatorId, answer, changes } = success;
  records.guesses.set(group, settleGuesses(records.guesses.get(group) ?? NO_GUESSES, answer));
  const counted = findCounted(records, authenticatorId);
  if (authenticatorId === null || counted === undefined) return;
  const failures = settleOwnGuesses(counted.failures, answer);
  changeCounted(records, authenticatorId, { failures, disabledAt: null, ...changes });
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

/** The lock that stands, shortened where it ends later than any lock set now would. */
function findLock(
  records: UserRecords,
  { group, limits, now }: GuessRequest,
): (GuessOutcome & { readonly outcome: 'locked' }) | null {
  const counter = records.guesses.get(group) ?? NO_GUESSES;
  const lockedUntil = lockEnd(counter, limits, now);
  if (lockedUntil === null) return null;
  records.guesses.set(group, { ...counter, lockedUntil });
  const shortenedByMs = Number(counter.lockedUntil) - lockedUntil;
  return { outcome: 'locked', lockedUntil, ...(shortenedByMs > 0 ? { shortenedByMs } : {}) };
}

export function guessesIn(users: Users): Pick<RecordStore, Verbs> {
  return {
    async spendGuess(request): Promise<GuessOutcome> {
      const { userId, group, authenticatorId, limits, duringLock } = request;
      const records = recordsOf(users, userId);
      const standing = duringLock === undefined ? findLock(records, request) : null;
      if (standing !== null) return standing;
      if (authenticatorId !== null && isRefused(records, authenticatorId, request))
        return { outcome: 'disabled' };
      const before = records.guesses.get(group) ?? NO_GUESSES;
      const { outcome, counter } =
        duringLock === true ? { outcome: 'spent', counter: before } : countGuess(before, request);
      records.guesses.set(group, counter);
      const lockedUntil = duringLock === true ? null : counter.lockedUntil;
      if (outcome === 'locked' && lockedUntil !== null) return { outcome, lockedUntil };
      const own = countOwnGuess(records, authenticatorId, request);
      const ofGroup = duringLock === true ? Infinity : limits.perUser - totalOf(counter.failures);
      return {
        outcome: 'spent',
        guessesLeft: Math.min(ofGroup, own?.left ?? limits.perUser),
        lockedUntil,
        ...(own?.disabled === true ? { disabled: true } : {}),
      };
    },

    async recordSuccess({ userId, group, authenticatorId, now, ...answer }) {
      const records = users.get(userId);
      if (records === undefined) return;
      succeed(records, { group, authenticatorId, answer, changes: { lastUsedAt: now } });
    },

    async acceptTimeStep({ userId, authenticatorId, timeStep, now }) {
      const records = users.get(userId);
      const authenticator = records?.authenticators.get(authenticatorId);
      if (records === undefined || authenticator === undefined) return false;
      const accepted = acceptStep(authenticator, timeStep, timeStepAt(now));
      if (accepted === null) return false;
      if (records.refusedSteps.get(authenticatorId) === timeStep) return false;
      const changes = { lastUsedAt: now, ...accepted };
      const rank: FactorRank = 3;
      const answer = { guessedRank: rank, provenRank: rank };
      succeed(records, { group: 'codes', authenticatorId, answer, changes });
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
