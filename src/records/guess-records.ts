import type { Guess, GuessOutcome, StateRule, Success } from '../core/member/guess-rules';

export type { GuessOutcome, StateRule };

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
  recordSuccess(success: Success & { readonly userId: string }): Promise<void>;

  /**
   * Accepts a right proof once, by the rule of its factor: the rule gets the authenticator's state and answers with the state after the
   * proof, or with null where the proof was used before. Atomic, for every purpose and process; where another process wrote first, the
   * rule is applied again. True also does what `recordSuccess` does. False, and nothing written, for an authenticator that is gone.
   */
  acceptProof(
    proof: Success & { readonly userId: string; readonly authenticatorId: string },
    afterProof: StateRule,
  ): Promise<boolean>;

  /** Changes the state of an authenticator by a rule of its factor. Atomic; false where the rule answers null, or the authenticator is gone. */
  changeState(userId: string, authenticatorId: string, rule: StateRule): Promise<boolean>;

  /** Clears locks and counters of every group. The count of each authenticator stays: only a right proof ends it. */
  clearGuesses(userId: string): Promise<void>;
}
