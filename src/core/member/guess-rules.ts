import type { FactorRank } from '../decision/usable-factors';
import type { Authenticator, GuessGroup, GuessLimits, OnFileUse } from './authenticator';
import { onFileKind, type FactorState } from './factor-kind';
import {
  countGuess,
  lockEnd,
  settleGuesses,
  settleOwnGuesses,
  totalOf,
  type RightAnswer,
} from './guess-counter';
import {
  NEW_MEMBER,
  changeAuthenticator,
  changeGuesses,
  changeOnFileUse,
  findAuthenticator,
  guessesOf,
  onFileUseOf,
  type Changed,
  type MemberDocument,
} from './member-document';

/** Returns the new state, or null to refuse. Must be pure, because it may be applied more than once. */
export type StateRule = (state: FactorState) => FactorState | null;

export function changeState(
  member: MemberDocument,
  id: string,
  rule: StateRule,
): Changed<MemberDocument, boolean> {
  const authenticator = findAuthenticator(member, id);
  const state = authenticator === undefined ? null : rule(authenticator.state);
  if (state === null) return { next: member, outcome: false };
  return { next: changeAuthenticator(member, id, { state }), outcome: true };
}

/** False if the authenticator is gone, or its state shows that the proof was used before. {@link recordSuccess} does the rest. */
export function acceptProof(
  member: MemberDocument,
  success: Success & { readonly authenticatorId: string },
  afterProof: StateRule,
): Changed<MemberDocument, boolean> {
  const { next, outcome } = changeState(member, success.authenticatorId, afterProof);
  return { next: outcome ? recordSuccess(next, success) : member, outcome };
}

export interface Guess {
  readonly group: GuessGroup;
  /** The authenticator that is guessed at, or the id of an address on file; null for recovery codes. */
  readonly authenticatorId: string | null;
  readonly rank: FactorRank;
  readonly limits: GuessLimits;
  readonly now: number;
  /** A guess to end a lock has its own limit: only the authenticator counts it, not the group. */
  readonly duringLock?: true;
}

export type GuessOutcome =
  | {
      readonly outcome: 'spent';
      readonly guessesLeft: number;
      /** The end of the lock, if this guess set it. */
      readonly lockedUntil: number | null;
      readonly disabled?: true;
    }
  | {
      readonly outcome: 'locked';
      readonly lockedUntil: number;
      /** A clock that was ahead had set the lock. This call shortened it by this much. */
      readonly shortenedByMs?: number;
    }
  | { readonly outcome: 'disabled' };

type MemberGuess = Changed<MemberDocument, GuessOutcome>;

function findGuessTarget(member: MemberDocument, id: string): OnFileUse | undefined {
  const kind = onFileKind(id);
  return kind === null ? findAuthenticator(member, id) : onFileUseOf(member, kind);
}

function changeGuessTarget(
  member: MemberDocument,
  id: string,
  changes: Partial<Authenticator>,
): MemberDocument {
  const kind = onFileKind(id);
  return kind === null ? changeAuthenticator(member, id, changes) : changeOnFileUse(member, kind, changes);
}

/**
 * Counts one guess, before it is verified. Returns `spent` at most `limits.perUser` times in a row for the group, and
 * `limits.perAuthenticator` times in a row for the authenticator. The guess that reaches `perUser` sets the lock. Each further
 * lock lasts twice as long, up to a day, until there is a success. The guess that reaches `perAuthenticator` disables the
 * authenticator. Also returns `disabled` for an authenticator that no longer exists.
 */
export function spendGuess(member: MemberDocument, guess: Guess): MemberGuess {
  const { group, authenticatorId, limits, now, duringLock } = guess;
  // Sign-in creates the document. Without one, the user was erased while this guess was running.
  if (member === NEW_MEMBER) return { next: member, outcome: { outcome: 'disabled' } };
  if (duringLock === undefined) {
    const locked = findLock(member, guess);
    if (locked !== null) return locked;
  }
  const counted = authenticatorId === null ? undefined : findGuessTarget(member, authenticatorId);
  if (authenticatorId !== null && (counted === undefined || counted.disabledAt !== null))
    return { next: member, outcome: { outcome: 'disabled' } };
  if (authenticatorId !== null && counted !== undefined && counted.failures >= limits.perAuthenticator) {
    return {
      next: changeGuessTarget(member, authenticatorId, { disabledAt: now }),
      outcome: { outcome: 'disabled' },
    };
  }
  if (duringLock === true) return countAtTarget(member, guess, { left: Infinity, lockedUntil: null });
  const { outcome, counter } = countGuess(guessesOf(member, group), guess);
  const next = changeGuesses(member, group, counter);
  const { lockedUntil } = counter;
  if (outcome === 'locked' && lockedUntil !== null) return { next, outcome: { outcome, lockedUntil } };
  return countAtTarget(next, guess, { left: limits.perUser - totalOf(counter.failures), lockedUntil });
}

/** The current lock, shortened if it ends later than a lock set now would. Null if there is none. */
function findLock(member: MemberDocument, { group, limits, now }: Guess): MemberGuess | null {
  const counter = guessesOf(member, group);
  const lockedUntil = lockEnd(counter, limits, now);
  if (lockedUntil === null || counter.lockedUntil === null) return null;
  const shortenedByMs = counter.lockedUntil - lockedUntil;
  if (shortenedByMs === 0) return { next: member, outcome: { outcome: 'locked', lockedUntil } };
  const next = changeGuesses(member, group, { ...counter, lockedUntil });
  return { next, outcome: { outcome: 'locked', lockedUntil, shortenedByMs } };
}

function countAtTarget(
  member: MemberDocument,
  { authenticatorId, limits, now }: Guess,
  ofGroup: { readonly left: number; readonly lockedUntil: number | null },
): MemberGuess {
  const counted = authenticatorId === null ? undefined : findGuessTarget(member, authenticatorId);
  const spent = { outcome: 'spent', lockedUntil: ofGroup.lockedUntil } as const;
  if (authenticatorId === null || counted === undefined)
    return { next: member, outcome: { ...spent, guessesLeft: Math.min(ofGroup.left, limits.perUser) } };
  const failures = counted.failures + 1;
  const disabled = failures >= limits.perAuthenticator;
  return {
    next: changeGuessTarget(member, authenticatorId, { failures, disabledAt: disabled ? now : null }),
    outcome: {
      ...spent,
      guessesLeft: Math.min(ofGroup.left, limits.perAuthenticator - failures),
      ...(disabled ? { disabled } : {}),
    },
  };
}

export interface Success extends RightAnswer {
  /** Null for a kind that cannot be guessed. */
  readonly group: GuessGroup | null;
  readonly authenticatorId: string | null;
  readonly now: number;
}

/**
 * Clears the counts of the group for factors at most as strong as the one that was proven, ends a lock that depends on them, and
 * sets `lastUsedAt`. The authenticator's own count is cleared if it was proven itself; if a weaker channel delivered its code,
 * only this guess is taken back. If this guess disabled the authenticator, it is enabled again.
 */
export function recordSuccess(
  member: MemberDocument,
  { group, authenticatorId, now, ...answer }: Success,
): MemberDocument {
  const settled =
    group === null ? member : changeGuesses(member, group, settleGuesses(guessesOf(member, group), answer));
  const counted = authenticatorId === null ? undefined : findGuessTarget(settled, authenticatorId);
  if (authenticatorId === null || counted === undefined) return settled;
  const failures = settleOwnGuesses(counted.failures, answer);
  return changeGuessTarget(settled, authenticatorId, { failures, disabledAt: null, lastUsedAt: now });
}

/** Clears the locks and counts of every group. Counts of authenticators stay: only a right proof clears them. */
export function clearGuesses(member: MemberDocument): MemberDocument {
  return Object.keys(member.guesses).length === 0 ? member : { ...member, guesses: {} };
}
