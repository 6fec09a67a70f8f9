import type { GuessGroup } from '../core/member/authenticator';
import type { RightAnswer } from '../core/member/guess-counter';
import type { Guess, GuessOutcome } from '../core/member/guess-rules';

export type { GuessOutcome };

export interface GuessRequest extends Guess {
  readonly userId: string;
}

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
