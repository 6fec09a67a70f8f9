import { FACTOR_RANKS, type FactorRank } from '../decision/usable-factors';
import type { GuessLimits } from './authenticator';

/** One count for each rank of factors. */
export type PerRank = Readonly<Record<FactorRank, number>>;

/**
 * Consecutive wrong proofs for a group of factors, and the lock they caused. They are counted by rank, because a right answer
 * says nothing about guesses at a stronger factor: an attacker who reads the mailbox must not clear the count of the app.
 */
export interface GuessCounter {
  /** By the rank of the factor that was guessed at. Their sum triggers the lock. */
  readonly failures: PerRank;
  /** The number of locks so far, by the rank of the strongest factor guessed at. Each makes the next lock longer. */
  readonly locks: PerRank;
  readonly lockedUntil: number | null;
}

const NONE: PerRank = { 1: 0, 2: 0, 3: 0 };

export const NO_GUESSES: GuessCounter = { failures: NONE, locks: NONE, lockedUntil: null };

export const LONGEST_LOCK_SECONDS = 86_400;

export function totalOf(counts: PerRank): number {
  return FACTOR_RANKS.reduce((sum, rank) => sum + counts[rank], 0);
}

/** Each lock lasts twice as long as the one before, up to a day, until a success resets it. */
function lockMs({ locks }: Pick<GuessCounter, 'locks'>, { lockSeconds }: GuessLimits): number {
  const before = Math.max(0, totalOf(locks) - 1);
  return Math.min(lockSeconds * 2 ** before, LONGEST_LOCK_SECONDS) * 1000;
}

/** The end of the current lock, or null. A lock that was set by a clock that was ahead is shortened, as if it were set now. */
export function lockEnd(counter: GuessCounter, limits: GuessLimits, now: number): number | null {
  const { lockedUntil } = counter;
  if (lockedUntil === null || now >= lockedUntil) return null;
  return Math.min(lockedUntil, now + lockMs(counter, limits));
}

/** Null for a lock set by a clock that was ahead: it would last that long, because nobody guesses while a lock is shown. */
export function knownLockEnd(counter: GuessCounter, limits: GuessLimits, now: number): number | null {
  const end = lockEnd(counter, limits, now);
  return end === counter.lockedUntil ? end : null;
}

function strongestGuessed(failures: PerRank): FactorRank {
  if (failures[3] > 0) return 3;
  return failures[2] > 0 ? 2 : 1;
}

function lock(counter: GuessCounter, limits: GuessLimits, now: number): GuessCounter {
  const strongest = strongestGuessed(counter.failures);
  const locks = { ...counter.locks, [strongest]: counter.locks[strongest] + 1 };
  return { ...counter, locks, lockedUntil: now + lockMs({ locks }, limits) };
}

/** Counts a guess if there is no lock. After an expired lock, counting starts again. `locked` if the count was already full. */
export function countGuess(
  counter: GuessCounter,
  guess: { readonly rank: FactorRank; readonly limits: GuessLimits; readonly now: number },
): { readonly outcome: 'spent' | 'locked'; readonly counter: GuessCounter } {
  const { rank, limits, now } = guess;
  const { locks } = counter;
  const begun = counter.lockedUntil === null ? counter : { ...NO_GUESSES, locks };
  if (totalOf(begun.failures) >= limits.perUser)
    return { outcome: 'locked', counter: lock(begun, limits, now) };
  const failures = { ...begun.failures, [rank]: begun.failures[rank] + 1 };
  const counted = { ...begun, failures };
  const isFull = totalOf(failures) >= limits.perUser;
  return { outcome: 'spent', counter: isFull ? lock(counted, limits, now) : counted };
}

/** A right answer: the rank of the factor that was asked for, and of the one that was proven. */
export interface RightAnswer {
  readonly guessedRank: FactorRank;
  /** Lower than `guessedRank` if a weaker channel delivered the code. */
  readonly provenRank: FactorRank;
  /** The guess was made to end a lock, so it was not counted for the group. */
  readonly duringLock?: true;
}

/**
 * A right answer clears the counts of factors at most as strong as the one it proved, and takes back its own guess. A lock ends
 * if some of the guesses that caused it are cleared; otherwise it stays.
 */
export function settleGuesses(counter: GuessCounter, answer: RightAnswer): GuessCounter {
  const { guessedRank, provenRank, duringLock } = answer;
  const ended = clearUpTo(counter.failures, provenRank);
  const own = duringLock === undefined ? 1 : 0;
  const failures = { ...ended, [guessedRank]: Math.max(0, ended[guessedRank] - own) };
  const locks = clearUpTo(counter.locks, provenRank);
  if (counter.lockedUntil === null || totalOf(failures) === totalOf(counter.failures))
    return { ...counter, failures, locks };
  if (duringLock === true) return { failures, locks, lockedUntil: null };
  // The guess that set the lock was right, so undo the lock.
  const strongest = strongestGuessed(counter.failures);
  return {
    failures,
    locks: { ...locks, [strongest]: Math.max(0, locks[strongest] - 1) },
    lockedUntil: null,
  };
}

/** Whether a right answer of this rank ends a lock: some of the guesses that caused it were at factors at most as strong. */
export function canEndLock({ failures }: Pick<GuessCounter, 'failures'>, rank: FactorRank): boolean {
  return FACTOR_RANKS.some((guessed) => guessed <= rank && failures[guessed] > 0);
}

export function settleOwnGuesses(failures: number, { guessedRank, provenRank }: RightAnswer): number {
  return provenRank >= guessedRank ? 0 : Math.max(0, failures - 1);
}

function clearUpTo(counts: PerRank, last: FactorRank): PerRank {
  const kept = (rank: FactorRank) => (rank <= last ? 0 : counts[rank]);
  return { 1: kept(1), 2: kept(2), 3: kept(3) };
}
