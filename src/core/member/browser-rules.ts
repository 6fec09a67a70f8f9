import type { Changed } from './member-document';
import { isBrowserOver, rotateBrowser, type NextTokens, type RememberedBrowser } from './remembered-browser';

/** More than anybody uses. The oldest are dropped. */
export const MAX_BROWSERS_PER_USER = 20;

export interface BrowsersDocument {
  /** The newest first. */
  readonly browsers: readonly RememberedBrowser[];
  /** The browsers and networks that the person has signed in from, newest first. */
  readonly seen: { readonly browsers: readonly string[]; readonly networks: readonly string[] };
}

export const NO_BROWSERS: BrowsersDocument = { browsers: [], seen: { browsers: [], networks: [] } };

export interface BrowserTraits {
  /** `Firefox on Linux` */
  readonly browser: string;
  readonly network: string;
}

/** More than anybody uses. The oldest are dropped. */
export const MOST_SEEN = 20;

/** `known` if its name and its network were both seen before, not necessarily in the same sign-in. */
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

export function liveBrowsers({ browsers }: BrowsersDocument, now: number): readonly RememberedBrowser[] {
  return browsers.filter((browser) => !isBrowserOver(browser, now));
}

export function rememberBrowser(
  document: BrowsersDocument,
  browser: RememberedBrowser,
  now: number,
): BrowsersDocument {
  const others = liveBrowsers(document, now).filter(({ id }) => id !== browser.id);
  const newestFirst = [browser, ...others].toSorted((one, other) => other.createdAt - one.createdAt);
  return { ...document, browsers: newestFirst.slice(0, MAX_BROWSERS_PER_USER) };
}

export interface BrowserUse extends NextTokens {
  readonly id: string;
  /** The stored form of the token it sent, under every key of the ring. */
  readonly tokenHashes: readonly string[];
  readonly now: number;
  /** How long the previous token is accepted in addition to the current one. */
  readonly graceSeconds: number;
}

export type BrowserUseOutcome =
  | { readonly outcome: 'used'; readonly browser: RememberedBrowser }
  /** The token was already used, so there is a copy of it. The browser was removed. */
  | { readonly outcome: 'replayed'; readonly browser: RememberedBrowser }
  | { readonly outcome: 'missing' };

/** Checks a token with {@link rotateBrowser} and stores the result. A replay removes the browser. */
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

/** The browser received the answer that set its token, so the previous one is a replay once its grace period is over. */
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

export function forgetBrowsers(document: BrowsersDocument): Changed<BrowsersDocument, number> {
  const outcome = document.browsers.length;
  return { next: outcome === 0 ? document : { ...document, browsers: [] }, outcome };
}

export function forgetBrowsersOf(document: BrowsersDocument, organizationId: string): BrowsersDocument {
  const browsers = document.browsers.filter((browser) => browser.organizationId !== organizationId);
  return browsers.length === document.browsers.length ? document : { ...document, browsers };
}
