import type { Changed } from './member-document';
import { isBrowserOver, rotateBrowser, type NextTokens, type RememberedBrowser } from './remembered-browser';

/** More than anybody uses; the oldest make room. */
export const MAX_BROWSERS_PER_USER = 20;

export interface BrowsersDocument {
  /** The newest first. */
  readonly browsers: readonly RememberedBrowser[];
  /** What the person has signed in with and from. The newest first. */
  readonly seen: { readonly browsers: readonly string[]; readonly networks: readonly string[] };
}

export const NO_BROWSERS: BrowsersDocument = { browsers: [], seen: { browsers: [], networks: [] } };

/** What a browser can be recognized by without a cookie. */
export interface BrowserTraits {
  /** `Firefox on Linux` */
  readonly browser: string;
  readonly network: string;
}

/** More than anybody uses; the oldest make room. */
export const MOST_SEEN = 20;

/**
 * Notes a sign-in. The browser is known if both its name and its network were seen before, together or apart. The first sign-in
 * has nothing to compare with.
 */
export function noteSignInTraits(
  document: BrowsersDocument,
  { browser, network }: BrowserTraits,
): Changed<BrowsersDocument, 'first' | 'known' | 'new'> {
  const { browsers, networks } = document.seen;
  const [isBrowserKnown, isNetworkKnown] = [browsers.includes(browser), networks.includes(network)];
  if (isBrowserKnown && isNetworkKnown) return { next: document, outcome: 'known' };
  const seen = {
    browsers: isBrowserKnown ? browsers : [browser, ...browsers].slice(0, MOST_SEEN),
    networks: isNetworkKnown ? networks : [network, ...networks].slice(0, MOST_SEEN),
  };
  return { next: { ...document, seen }, outcome: browsers.length === 0 ? 'first' : 'new' };
}

/** Those whose end has not come, the newest first. */
export function liveBrowsers({ browsers }: BrowsersDocument, now: number): readonly RememberedBrowser[] {
  return browsers.filter((browser) => !isBrowserOver(browser, now));
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
export interface BrowserUse extends NextTokens {
  readonly id: string;
  /** The stored form of what it sent, under every key of the ring. */
  readonly tokenHashes: readonly string[];
  readonly now: number;
  /** How long the token before the current one is taken beside it. */
  readonly graceSeconds: number;
}

export type BrowserUseOutcome =
  /** The token was right. The browser as it is now. */
  | { readonly outcome: 'used'; readonly browser: RememberedBrowser }
  /** A token that was used before: somebody has a copy. The browser is forgotten. */
  | { readonly outcome: 'replayed'; readonly browser: RememberedBrowser }
  | { readonly outcome: 'missing' };

/** Judges a token as {@link rotateBrowser} does, and keeps what it says. A replay removes the browser. */
export function useBrowser(
  document: BrowsersDocument,
  { id, ...sent }: BrowserUse,
): Changed<BrowsersDocument, BrowserUseOutcome> {
  const browser = document.browsers.find((one) => one.id === id);
  if (browser === undefined || isBrowserOver(browser, sent.now))
    return { next: document, outcome: { outcome: 'missing' } };
  const used = rotateBrowser(browser, sent);
  if (used === null)
    return { next: forgetBrowser(document, id).next, outcome: { outcome: 'replayed', browser } };
  return { next: replaceBrowser(document, used), outcome: { outcome: 'used', browser: used } };
}

/**
 * The current token came back after it was handed out: from here on the one before is a replay once its grace is over. False where
 * none of the hashes is that of the current token.
 */
export function confirmBrowser(
  document: BrowsersDocument,
  id: string,
  tokenHashes: readonly string[],
): Changed<BrowsersDocument, boolean> {
  const browser = document.browsers.find((one) => one.id === id);
  if (browser === undefined || !tokenHashes.includes(browser.tokenHash))
    return { next: document, outcome: false };
  return { next: replaceBrowser(document, { ...browser, confirmed: true }), outcome: true };
}

function replaceBrowser(document: BrowsersDocument, changed: RememberedBrowser): BrowsersDocument {
  return { ...document, browsers: document.browsers.map((one) => (one.id === changed.id ? changed : one)) };
}

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

/** Forgets those that were remembered for one organization. */
export function forgetBrowsersOf(document: BrowsersDocument, organizationId: string): BrowsersDocument {
  const browsers = document.browsers.filter((browser) => browser.organizationId !== organizationId);
  return browsers.length === document.browsers.length ? document : { ...document, browsers };
}
