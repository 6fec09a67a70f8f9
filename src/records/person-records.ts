import type { BrowserTraits, BrowserUse as TokenUse, BrowserUseOutcome } from '../core/member/browser-rules';
import type { Guess, GuessOutcome, StateRule, Success } from '../core/member/guess-rules';
import type { RememberedBrowser } from '../core/member/remembered-browser';

export type { BrowserUseOutcome };

export interface BrowserUse extends TokenUse {
  readonly userId: string;
}

export interface BrowserRecords {
  /** Adds a browser or replaces the one with the same id. Removes expired browsers and keeps the user's 20 newest. Atomic. */
  rememberBrowser(userId: string, browser: RememberedBrowser, now: number): Promise<void>;
  /** Atomic: parallel requests with the same token get the same next one. A replay removes the browser. */
  useBrowser(use: BrowserUse): Promise<BrowserUseOutcome>;
  /** False if no hash matches the current token. Atomic. */
  confirmBrowser(userId: string, id: string, tokenHashes: readonly string[]): Promise<boolean>;
  /** Records a sign-in with `noteSignInTraits`. Atomic: of several concurrent first sign-ins, only one is `first`. */
  noteSignInTraits(userId: string, traits: BrowserTraits): Promise<'first' | 'known' | 'new'>;
  /** Newest first, without expired browsers. One read. */
  listBrowsers(userId: string, now: number): Promise<readonly RememberedBrowser[]>;
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
   * Counts a guess before it is verified. Atomic: `spent` at most `limits.perUser` times in a row for the group, and at most
   * `limits.perAuthenticator` times in a row for the authenticator, however many calls run in parallel.
   */
  spendGuess(request: GuessRequest): Promise<GuessOutcome>;

  /** For a right proof by a delivered code. Atomic. */
  recordSuccess(success: Success & { readonly userId: string }): Promise<void>;

  /**
   * Accepts a proof once, for every purpose and process, then does what `recordSuccess` does. False if the authenticator is gone
   * or the proof was used before. If another process wrote first, the rule is applied again.
   */
  acceptProof(
    proof: Success & { readonly userId: string; readonly authenticatorId: string },
    afterProof: StateRule,
  ): Promise<boolean>;

  /** Atomic. False if the rule returns null, or the authenticator no longer exists. */
  changeState(userId: string, authenticatorId: string, rule: StateRule): Promise<boolean>;

  /** Clears the locks and counts of every group. Counts of authenticators stay: only a right proof clears them. */
  clearGuesses(userId: string): Promise<void>;
}
