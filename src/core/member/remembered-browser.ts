import { randomBytes } from 'node:crypto';
import { hasEnded, isCredible, isRecent } from '../clock';
import type { Policy } from '../policy/policy';
import { hashToken, tokenHashes } from '../proof/bearer-token';
import type { KeyRing } from '../proof/key-ring';
import { isEqualInConstantTime } from '../proof/one-time-code';
import type { Authenticator } from './authenticator';
import { channelOf, type Factors } from './factor-kind';
import type { MemberSettings } from './member';

/** The server's record of a browser that needs no challenge at login. */
export interface RememberedBrowser {
  readonly id: string;
  readonly organizationId: string;
  /** HMAC of the token that the browser must send next. */
  readonly tokenHash: string;
  /** HMAC of the previous token. If a browser sends that one, it missed an answer or somebody has a copy. */
  readonly previousTokenHash: string | null;
  /** Which successor of the previous token is current: '' for the first, and a new value after each lost answer. */
  readonly branch: string;
  /** The browser has sent the current token, so the answer with the token was not lost. */
  readonly confirmed: boolean;
  readonly rotatedAt: number;
  /** A hash of the security setup when the browser was remembered. */
  readonly securityFingerprint: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Absolute: using the browser does not extend it. */
  readonly expiresAt: number;
  readonly userAgent: string;
  readonly address: string;
}

export const LONGEST_REMEMBERED_SECONDS = 90 * 86_400;

/** A record that ends later than the maximum allows was written by a clock that was ahead, and counts as expired. */
export function isBrowserOver({ expiresAt }: Pick<RememberedBrowser, 'expiresAt'>, now: number): boolean {
  return hasEnded(expiresAt, LONGEST_REMEMBERED_SECONDS, now);
}

export interface SecuritySetup {
  readonly factors: Factors;
  readonly userId: string;
  /** A new epoch ends the remembered browsers and the sessions. */
  readonly userEpoch: string | null;
  readonly organizationEpoch: string | null;
  readonly authenticators: readonly Authenticator[];
  readonly settings: Pick<MemberSettings, 'enabled' | 'assignedKind'>;
  readonly onFile: { readonly email: string | undefined; readonly phone: string | undefined };
}

function describeSecuritySetup(set: SecuritySetup): string[] {
  const { factors, userId, userEpoch, organizationEpoch, authenticators, settings, onFile } = set;
  const own = authenticators
    .map(({ id, kind, disabledAt }) => [id, kind, disabledAt === null])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const assigned = settings.enabled ? settings.assignedKind : null;
  const channel = assigned === null ? null : channelOf(factors, assigned);
  const address = channel === 'email' ? onFile.email : channel === 'sms' ? onFile.phone : undefined;
  const epochs = [userEpoch ?? '', organizationEpoch ?? ''];
  return [userId, ...epochs, JSON.stringify(own), assigned ?? '', address ?? ''];
}

export function hashSecuritySetup(keyRing: KeyRing, factors: SecuritySetup): string {
  return hashToken(keyRing, 'factor-set', describeSecuritySetup(factors));
}

/** Whether the browser may skip a challenge now. Call it only after its token was verified. */
export function isBrowserTrusted(
  keyRing: KeyRing,
  judged: {
    readonly browser: RememberedBrowser;
    readonly factors: SecuritySetup;
    readonly policy: Pick<Policy, 'organizationId' | 'rememberBrowserSeconds' | 'strength'>;
    readonly now: number;
  },
): boolean {
  const { browser, factors, policy, now } = judged;
  // A shorter policy also applies to browsers that are already remembered.
  const endsAt = Math.min(browser.expiresAt, browser.createdAt + policy.rememberBrowserSeconds * 1000);
  const hashes = tokenHashes(keyRing, 'factor-set', describeSecuritySetup(factors));
  return (
    policy.strength === 'any' &&
    isCredible(browser.createdAt, now) &&
    now < endsAt &&
    browser.organizationId === policy.organizationId &&
    hashes.includes(browser.securityFingerprint)
  );
}

/** An id has two halves of 11 base64url characters (64 bits): random, and the owner's mark. */
const RANDOM_BYTES = 8;
const HALF = 11;

/**
 * Issues the id of a remembered browser, with a mark for the username that was entered in it. The mark identifies a browser of
 * the owner before a password is checked and without a store lookup, which would reveal whether the username exists. The mark
 * stays valid when the trust in the browser ends, so it must only give the browser its own attempt count.
 */
export function issueBrowserId(keyRing: KeyRing, name: string): string {
  const random = randomBytes(RANDOM_BYTES).toString('base64url');
  const [mark = ''] = marksOf(keyRing, random, name);
  return random + mark;
}

export function isBrowserOf(keyRing: KeyRing, id: string, name: string): boolean {
  const [random, mark] = [id.slice(0, HALF), id.slice(HALF)];
  return marksOf(keyRing, random, name).some((known) => isEqualInConstantTime(known, mark));
}

/** The end of each hash: the start is the id of its key. */
function marksOf(keyRing: KeyRing, random: string, name: string): readonly string[] {
  const hashes = tokenHashes(keyRing, 'browser-owner', [name, random]);
  return hashes.map((hash) => hash.slice(-HALF));
}

/** How long the previous token is still accepted, because a browser may sign in from several tabs at once. */
export const ROTATION_GRACE_SECONDS = 60;

export interface NextTokens {
  readonly nextTokenHash: string;
  /** Another successor of the previous token, for when the answer with the current one was lost. */
  readonly again: { readonly branch: string; readonly tokenHash: string };
}

/**
 * Checks a token by its stored forms. Returns the updated browser, or null for a replay. If the browser sent the current token,
 * the next token replaces it. The previous token is accepted:
 * - during the grace period, for tabs that signed in at once: they all get the same next token;
 * - later, as long as the current token was never sent, because its answer may be lost. The current token then becomes invalid: a
 *   client that sends it has a copy, and the use reveals that.
 */
export function rotateBrowser(
  browser: RememberedBrowser,
  sent: NextTokens & {
    readonly tokenHashes: readonly string[];
    readonly graceSeconds: number;
    readonly now: number;
  },
): RememberedBrowser | null {
  const { tokenHashes: sentHashes, nextTokenHash, again, graceSeconds, now } = sent;
  const used = { ...browser, lastUsedAt: now };
  if (sentHashes.includes(browser.tokenHash)) {
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
  if (browser.previousTokenHash === null || !sentHashes.includes(browser.previousTokenHash)) return null;
  if (isRecent(browser.rotatedAt, graceSeconds, now)) return used;
  return browser.confirmed ? null : { ...used, ...again, rotatedAt: now };
}
