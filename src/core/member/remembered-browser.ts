import { randomBytes } from 'node:crypto';
import { hasEnded, isCredible, isRecent } from '../clock';
import type { Policy } from '../policy/policy';
import { hashToken, tokenHashes } from '../proof/bearer-token';
import type { KeyRing } from '../proof/key-ring';
import { isEqualInConstantTime } from '../proof/one-time-code';
import type { Authenticator } from './authenticator';
import { channelOf, type Factors } from './factor-kind';
import type { MemberSettings } from './member';

/** A browser that needs no challenge at login, as the server knows it. */
export interface RememberedBrowser {
  readonly id: string;
  readonly organizationId: string;
  /** HMAC of the token that the browser sends next. */
  readonly tokenHash: string;
  /** The token before; where it is sent, the browser missed an answer or somebody has a copy. */
  readonly previousTokenHash: string | null;
  /** From which of its successors the token before was followed: '' for the first, a new one after each answer that was lost. */
  readonly branch: string;
  /** The token was seen after it was handed out, so that its answer was not lost. */
  readonly confirmed: boolean;
  readonly rotatedAt: number;
  /** The set of factors that the browser was remembered under. */
  readonly securityFingerprint: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Absolute: use does not move it. */
  readonly expiresAt: number;
  readonly userAgent: string;
  readonly address: string;
}

/** The longest that a browser may be remembered. */
export const LONGEST_REMEMBERED_SECONDS = 90 * 86_400;

/** Whether the record is over. One that ends later than any can was written by a clock ahead. */
export function isBrowserOver({ expiresAt }: Pick<RememberedBrowser, 'expiresAt'>, now: number): boolean {
  return hasEnded(expiresAt, LONGEST_REMEMBERED_SECONDS, now);
}

/** What trust in a browser rests on. Any change to it ends the trust. */
export interface SecuritySetup {
  readonly factors: Factors;
  readonly userId: string;
  /** A new one ends the remembered browsers with the sessions. */
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

/** Whether the browser may stand in for a challenge now. Its token was found right before. */
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
  // A policy that was shortened since holds for the browsers that are remembered already.
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

/** 64 random bits in base64url, and as many characters of the mark. */
const RANDOM_BYTES = 8;
const HALF = 11;

/**
 * The id of a browser that is remembered, marked for the name that was typed in it. The mark tells a browser of the owner's before any
 * password is judged and without asking a store, which would answer otherwise for a name that nobody has. It outlives the
 * trust in the browser, so it must earn nothing but a count of its own.
 */
export function issueBrowserId(keyRing: KeyRing, name: string): string {
  const random = randomBytes(RANDOM_BYTES).toString('base64url');
  const [mark = ''] = marksOf(keyRing, random, name);
  return random + mark;
}

/** Whether the id was issued to a browser of that name, under any key of the ring. */
export function isBrowserOf(keyRing: KeyRing, id: string, name: string): boolean {
  const [random, mark] = [id.slice(0, HALF), id.slice(HALF)];
  return marksOf(keyRing, random, name).some((known) => isEqualInConstantTime(known, mark));
}

/** The end of the stored form, which has the id of its key in front. */
function marksOf(keyRing: KeyRing, random: string, name: string): readonly string[] {
  const hashes = tokenHashes(keyRing, 'browser-owner', [name, random]);
  return hashes.map((hash) => hash.slice(-HALF));
}

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
 *   a client that uses it has a copy, and the use reveals that.
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
