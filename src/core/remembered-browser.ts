import type { Authenticator } from './authenticator';
import { hashToken, tokenHashes } from './bearer-token';
import { hasEnded, isCredible } from './credible-instant';
import type { KeyRing } from './key-ring';
import type { MemberSettings } from './member';
import type { Policy } from './policy';

/** A browser that stands in for a challenge at login, as the server knows it. */
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
  readonly factorSetHash: string;
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
export interface FactorSet {
  readonly userId: string;
  /** A new one ends the remembered browsers with the sessions. */
  readonly userEpoch: string | null;
  readonly organizationEpoch: string | null;
  readonly authenticators: readonly Authenticator[];
  readonly settings: Pick<MemberSettings, 'enabled' | 'assignedKind'>;
  readonly onFile: { readonly email: string | undefined; readonly phone: string | undefined };
}

function describeFactorSet(factors: FactorSet): string[] {
  const { userId, userEpoch, organizationEpoch, authenticators, settings, onFile } = factors;
  const own = authenticators
    .map(({ id, kind, disabledAt }) => [id, kind, disabledAt === null])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const assigned = settings.enabled ? settings.assignedKind : null;
  const address = assigned === 'email' ? onFile.email : assigned === 'sms' ? onFile.phone : undefined;
  const epochs = [userEpoch ?? '', organizationEpoch ?? ''];
  return [userId, ...epochs, JSON.stringify(own), assigned ?? '', address ?? ''];
}

export function hashFactorSet(keyRing: KeyRing, factors: FactorSet): string {
  return hashToken(keyRing, 'factor-set', describeFactorSet(factors));
}

/** Whether the browser may stand in for a challenge now. Its token was found right before. */
export function isBrowserTrusted(
  keyRing: KeyRing,
  judged: {
    readonly browser: RememberedBrowser;
    readonly factors: FactorSet;
    readonly policy: Pick<Policy, 'organizationId' | 'rememberBrowserSeconds'>;
    readonly now: number;
  },
): boolean {
  const { browser, factors, policy, now } = judged;
  // A policy that was shortened since holds for the browsers that are remembered already.
  const endsAt = Math.min(browser.expiresAt, browser.createdAt + policy.rememberBrowserSeconds * 1000);
  const hashes = tokenHashes(keyRing, 'factor-set', describeFactorSet(factors));
  return (
    isCredible(browser.createdAt, now) &&
    now < endsAt &&
    browser.organizationId === policy.organizationId &&
    hashes.includes(browser.factorSetHash)
  );
}
