import type { BrowserTraits, BrowserUse as TokenUse, BrowserUseOutcome } from '../core/member/browser-rules';
import type { Guess, GuessOutcome, StateRule, Success } from '../core/member/guess-rules';
import type { RememberedBrowser } from '../core/member/remembered-browser';

export type { BrowserUseOutcome };

/** A remembered browser that sends its token. */
export interface BrowserUse extends TokenUse {
  readonly userId: string;
}

export interface BrowserRecords {
  /** Adds a browser or replaces the one with the same id. Removes expired browsers and keeps the user's 20 newest. Atomic. */
  rememberBrowser(userId: string, browser: RememberedBrowser, now: number): Promise<void>;
  /**
   * Checks a token with `rotateBrowser` and stores the result. Atomic: parallel requests with the same token all get the same
   * next one. A replay removes the browser. `missing` if there is no browser with that id, or it has expired.
   */
  useBrowser(use: BrowserUse): Promise<BrowserUseOutcome>;
  /**
   * The browser sent its current token, so it received the answer that set it. From now on, the previous token is a replay once
   * its grace period is over. False, and nothing changed, if no hash matches the current token. Atomic.
   */
  confirmBrowser(userId: string, id: string, tokenHashes: readonly string[]): Promise<boolean>;
  /** Records a sign-in with `noteSignInTraits`. Atomic: of several concurrent first sign-ins, only one is `first`. */
  noteSignInTraits(userId: string, traits: BrowserTraits): Promise<'first' | 'known' | 'new'>;
  /** Newest first, without expired browsers. One read. */
  listBrowsers(userId: string, now: number): Promise<readonly RememberedBrowser[]>;
  /** False if there is no browser with that id. */
  forgetBrowser(userId: string, id: string): Promise<boolean>;
  /** Removes all browsers and returns how many there were. Atomic. */
  forgetBrowsers(userId: string): Promise<number>;
}

export type { GuessOutcome, StateRule };

export interface GuessRequest extends Guess {
  readonly userId: string;
}

/** The part of the records that counts guesses and accepts each right answer once. The rules are in `core/member/guess-rules`. */
export interface GuessRecords {
  /**
   * Counts one guess, before it is verified. Atomic: however many calls run in parallel, `spent` is returned at most
   * `limits.perUser` times in a row for the group, and `limits.perAuthenticator` times in a row for the authenticator. The guess
   * that reaches `perUser` sets the lock. Each further lock lasts twice as long, up to a day, until there is a success. The guess
   * that reaches `perAuthenticator` disables the authenticator. After an expired lock, counting starts again. A lock that ends
   * later than one set now would is shortened to that. Also returns `disabled` for an authenticator that no longer exists. An
   * address on file counts like an authenticator.
   */
  spendGuess(request: GuessRequest): Promise<GuessOutcome>;

  /**
   * Records a right proof by a delivered code. Clears the counts of the group for factors at most as strong as the one that was
   * proven, ends a lock that depends on them, and sets `lastUsedAt`. The authenticator's own count is cleared if it was proven
   * itself; if a weaker channel delivered its code, only this guess is taken back. If this guess disabled the authenticator, it
   * is enabled again. Atomic.
   */
  recordSuccess(success: Success & { readonly userId: string }): Promise<void>;

  /**
   * Accepts a right proof once. The rule of the factor gets the authenticator's state, and returns the state after the proof, or
   * null if the proof was used before. Atomic, for every purpose and process; if another process wrote first, the rule is applied
   * again. If true, it also does what `recordSuccess` does. False, and nothing written, if the authenticator no longer exists.
   */
  acceptProof(
    proof: Success & { readonly userId: string; readonly authenticatorId: string },
    afterProof: StateRule,
  ): Promise<boolean>;

  /**
   * Changes the state of an authenticator with a rule of its factor. Atomic. False if the rule returns null, or the authenticator
   * no longer exists.
   */
  changeState(userId: string, authenticatorId: string, rule: StateRule): Promise<boolean>;

  /** Clears the locks and counts of every group. Counts of authenticators stay: only a right proof clears them. */
  clearGuesses(userId: string): Promise<void>;
}
