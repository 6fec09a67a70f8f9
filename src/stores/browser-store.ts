import type { RememberedBrowser } from '../core/remembered-browser';

/** A remembered browser comes back with a token. */
export interface BrowserUse {
  readonly userId: string;
  readonly id: string;
  /** The stored form of what it sent, under every key of the ring. */
  readonly tokenHashes: readonly string[];
  /** The stored form of the token that takes its place. */
  readonly nextTokenHash: string;
  readonly now: number;
  /** How long the token before the current one is still taken, once. */
  readonly graceSeconds: number;
}

export type BrowserUseOutcome =
  /** The token was the right one; the browser is as it was stored before. */
  | { readonly outcome: 'used'; readonly browser: RememberedBrowser }
  /** A token that was used before: somebody has a copy. The browser is forgotten. */
  | { readonly outcome: 'replayed'; readonly browser: RememberedBrowser }
  | { readonly outcome: 'missing' };

/** The part of the records that holds the browsers which stand in for a challenge. */
export interface BrowserStore {
  /**
   * Adds a browser, keeping the 20 newest of the user; those past their end go. One whose id is there already takes its
   * place. Atomic.
   */
  rememberBrowser(userId: string, browser: RememberedBrowser, now: number): Promise<void>;
  /**
   * Judges a token and puts the next one in its place. Atomic: a token is taken once, whatever runs in parallel, except that
   * the one before is taken once more within the grace, as long as the newer one was not sent. Any other token under
   * the id is a replay and removes the browser. `missing` where there is none of that id or its end has come.
   */
  useBrowser(use: BrowserUse): Promise<BrowserUseOutcome>;
  /** The newest first, those past their end left out. One read. */
  listBrowsers(userId: string, now: number): Promise<readonly RememberedBrowser[]>;
  /** False where there is none of that id. */
  forgetBrowser(userId: string, id: string): Promise<boolean>;
  /** Forgets all and returns how many there were. Atomic. */
  forgetBrowsers(userId: string): Promise<number>;
}
