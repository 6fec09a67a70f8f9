import type { FactorRank } from '../core/decision/factor-strength';
import type { GuessGroup, GuessLimits } from '../core/member/authenticator';
import type { RightAnswer } from '../core/member/guess-counter';

export interface GuessRequest {
  readonly userId: string;
  readonly group: GuessGroup;
  /** What is guessed at: an enrolled authenticator, or the id that stands for an address on file; null for recovery codes. */
  readonly authenticatorId: string | null;
  /** How strong the factor is that is guessed at. */
  readonly rank: FactorRank;
  readonly limits: GuessLimits;
  readonly now: number;
  /**
   * An unlock, which has a cap of its own: the group's count and lock are neither asked nor moved, the authenticator's
   * count is.
   */
  readonly duringLock?: true;
}

export type GuessOutcome =
  | {
      readonly outcome: 'spent';
      readonly guessesLeft: number;
      /** Where this guess set the lock, its end. */
      readonly lockedUntil: number | null;
      /** This guess disabled the authenticator. */
      readonly disabled?: true;
    }
  | {
      readonly outcome: 'locked';
      readonly lockedUntil: number;
      /** A clock ahead of this one had set the lock; this call shortened it by so much. */
      readonly shortenedByMs?: number;
    }
  | { readonly outcome: 'disabled' };

/** The part of the records that counts guesses and takes right answers once. The rules are those of `core/guess-counter`. */
export interface GuessRecords {
  /**
   * Counts one guess before it is judged. Atomic: however many calls run in parallel, `spent` is answered at most
   * `limits.perUser` times in a row for the group and `limits.perAuthenticator` times in a row for the authenticator.
   * The guess that reaches `perUser` sets the lock, each further lock without a success between lasts twice as long, up to
   * a day; the guess that reaches `perAuthenticator` disables the authenticator. A lock that has run out starts a new count.
   * A lock that ends later than one set now would, is shortened to that.
   * `disabled` is also the answer for an authenticator that is gone. An address on file counts like an authenticator.
   */
  spendGuess(request: GuessRequest): Promise<GuessOutcome>;

  /**
   * A right proof by a delivered code: clears the counts of the group that are no stronger than what was proven, with a lock that
   * rests on them, and sets `lastUsedAt`. The count of the authenticator is cleared where it was proven itself; where its code went
   * by a weaker channel, only this guess is taken back. A disablement that this very guess brought about goes with it. Atomic.
   */
  recordSuccess(
    success: RightAnswer & {
      readonly userId: string;
      readonly group: GuessGroup;
      readonly authenticatorId: string | null;
      readonly now: number;
    },
  ): Promise<void>;

  /**
   * Accepts a TOTP time step once. Atomic, for every purpose and process: true for the first call with a step above the
   * last accepted one (which also does what `recordSuccess` does); false for every other, for the one that `refuseTimeStep` named, and
   * for an authenticator that is gone.
   */
  acceptTimeStep(proof: {
    readonly userId: string;
    readonly authenticatorId: string;
    readonly timeStep: number;
    readonly now: number;
  }): Promise<boolean>;

  /**
   * Remembers one time step that `acceptTimeStep` refuses from now on, whenever its time comes; the newest such step takes the
   * place of the one before. Nothing where the authenticator is gone.
   */
  refuseTimeStep(step: {
    readonly userId: string;
    readonly authenticatorId: string;
    readonly timeStep: number;
  }): Promise<void>;

  /** Clears locks and counters of every group. The count of each authenticator stays: only a right proof ends it. */
  clearGuesses(userId: string): Promise<void>;
}
