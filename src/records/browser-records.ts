import type { BrowserTraits, BrowserUse as TokenUse, BrowserUseOutcome } from '../core/member/browser-rules';
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
