import type { BrowserTraits, BrowserUse as TokenUse, BrowserUseOutcome } from '../core/member/browser-rules';
import type { Guess, GuessOutcome, StateRule, Success } from '../core/member/guess-rules';
import type { RememberedBrowser } from '../core/member/remembered-browser';

export type { BrowserUseOutcome };

/** A remembered browser comes back with a token. */
export interface BrowserUse extends TokenUse {
  readonly userId: string;
}

/** The part of the records that holds the browsers that need no challenge. */
export interface BrowserRecords {
  /**
   * Adds a browser, keeping the 20 newest of the user; those past their end go. One whose id is there already takes its
   * place. Atomic.
   */
  rememberBrowser(userId: string, browser: RememberedBrowser, now: number): Promise<void>;
  /**
   * Judges a token as `rotateBrowser` does, and stores what it says. Atomic: of parallel sends of one token all get the same next
   * one. A replay removes the browser. `missing` where there is none of that id or its end has come.
   */
  useBrowser(use: BrowserUse): Promise<BrowserUseOutcome>;
  /**
   * The current token came back after it was handed out: from here on the one before is a replay once its grace is over. False, and
   * nothing changed, where none of the hashes is that of the current token. Atomic.
   */
  confirmBrowser(userId: string, id: string, tokenHashes: readonly string[]): Promise<boolean>;
  /** Notes a sign-in as `noteSignInTraits` does. Atomic: of several first sign-ins at once, one is the first. */
  noteSignInTraits(userId: string, traits: BrowserTraits): Promise<'first' | 'known' | 'new'>;
  /** The newest first, those past their end left out. One read. */
  listBrowsers(userId: string, now: number): Promise<readonly RememberedBrowser[]>;
  /** False where there is none of that id. */
  forgetBrowser(userId: string, id: string): Promise<boolean>;
  /** Forgets all and returns how many there were. Atomic. */
  forgetBrowsers(userId: string): Promise<number>;
}

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
