import { isRecent } from './credible-instant';
import type { RememberedBrowser } from './remembered-browser';

/** How long the token before is taken beside the new one, since a browser signs in from several tabs at once. */
export const ROTATION_GRACE_SECONDS = 60;

/** What a browser that comes back with a token is given next. */
export interface NextTokens {
  /** Stored form of what follows the current token. */
  readonly nextTokenHash: string;
  /** What follows the token before where the answer with the current one was lost: another token than that. */
  readonly again: { readonly branch: string; readonly tokenHash: string };
}

/**
 * Judges a token by its stored forms: the browser as it stands from now on, or null for a replay. The current token is taken and the
 * next one put in its place. The token before is taken
 * - while the grace lasts, for tabs that signed in at once: they all get the same next one;
 * - later too, as long as nobody came back with the current one, for an answer that was lost. The current one is then worth nothing:
 *   whoever has it after all has a copy, and gives it away by using it.
 */
export function rotateBrowser(
  browser: RememberedBrowser,
  sent: NextTokens & {
    readonly tokenHashes: readonly string[];
    readonly graceSeconds: number;
    readonly now: number;
  },
): RememberedBrowser | null {
  const { tokenHashes, nextTokenHash, again, graceSeconds, now } = sent;
  const used = { ...browser, lastUsedAt: now };
  if (tokenHashes.includes(browser.tokenHash)) {
    const previousTokenHash = browser.tokenHash;
    return {
      ...used,
      tokenHash: nextTokenHash,
      previousTokenHash,
      branch: '',
      confirmed: false,
      rotatedAt: now,
    };
  }
  if (browser.previousTokenHash === null || !tokenHashes.includes(browser.previousTokenHash)) return null;
  if (isRecent(browser.rotatedAt, graceSeconds, now)) return used;
  return browser.confirmed ? null : { ...used, ...again, rotatedAt: now };
}
