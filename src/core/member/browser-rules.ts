import type { RememberedBrowser } from '../remembered-browser';
import type { Changed } from './member-document';

/** More than anybody uses; the oldest make room. */
export const MAX_BROWSERS_PER_USER = 20;

export interface BrowsersDocument {
  /** The newest first. */
  readonly browsers: readonly RememberedBrowser[];
}

export const NO_BROWSERS: BrowsersDocument = { browsers: [] };

/** Those whose end has not come, the newest first. */
export function liveBrowsers({ browsers }: BrowsersDocument, now: number): readonly RememberedBrowser[] {
  return browsers.filter(({ expiresAt }) => now < expiresAt);
}

/** Adds a browser, keeping the newest; those past their end go. One whose id is there already takes its place. */
export function rememberBrowser(
  document: BrowsersDocument,
  browser: RememberedBrowser,
  now: number,
): BrowsersDocument {
  const others = liveBrowsers(document, now).filter(({ id }) => id !== browser.id);
  const newestFirst = [browser, ...others].toSorted((one, other) => other.createdAt - one.createdAt);
  return { ...document, browsers: newestFirst.slice(0, MAX_BROWSERS_PER_USER) };
}

/** A remembered browser comes back with a token. */
export interface BrowserUse {
  readonly id: string;
  /** The stored form of what it sent, under every key of the ring. */
  readonly tokenHashes: readonly string[];
  /** The stored form of the token that takes its place. */
  readonly nextTokenHash: string;
  readonly now: number;
  /** How long the token before the current one is still taken. */
  readonly graceSeconds: number;
}

export type BrowserUseOutcome =
  /** The token was the right one; the browser is as it was stored before. */
  | { readonly outcome: 'used'; readonly browser: RememberedBrowser }
  /** A token that was used before: somebody has a copy. The browser is forgotten. */
  | { readonly outcome: 'replayed'; readonly browser: RememberedBrowser }
  | { readonly outcome: 'missing' };

export function forgetBrowser(document: BrowsersDocument, id: string): Changed<BrowsersDocument, boolean> {
  const browsers = document.browsers.filter((one) => one.id !== id);
  if (browsers.length === document.browsers.length) return { next: document, outcome: false };
  return { next: { ...document, browsers }, outcome: true };
}

/** Forgets all and answers how many there were. */
export function forgetBrowsers(document: BrowsersDocument): Changed<BrowsersDocument, number> {
  const outcome = document.browsers.length;
  return { next: outcome === 0 ? document : { ...document, browsers: [] }, outcome };
}
