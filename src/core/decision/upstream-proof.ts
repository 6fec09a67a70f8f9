import { isRecent } from '../clock';
import { isFirstFactor, type Evidence } from './assurance';
import type { Facts } from './decision';

/** What an identity provider has to say for its multi-factor authentication to count. One of `acr` and `amr` is enough. */
export interface UpstreamRule {
  /** Values of the claim `acr` that stand for a second factor. */
  readonly acr?: readonly string[] | undefined;
  /** Values of the claim `amr` (RFC 8176) that stand for a second factor, such as `mfa`. */
  readonly amr?: readonly string[] | undefined;
  /** How old the authentication at the provider may be. */
  readonly maxAgeSeconds: number;
}

/** By the name that the host gives the provider. */
export type UpstreamRules = Readonly<Record<string, UpstreamRule>>;

/** Claims of an ID token that the host has verified. They come from the provider, so their types are not trusted. */
export interface UpstreamClaims {
  /** A name of the option `upstreamMfa`. */
  readonly provider: string;
  readonly acr?: unknown;
  readonly amr?: unknown;
  /** The claim `auth_time`: seconds since 1970. */
  readonly authTime?: unknown;
}

export type UpstreamVerdict =
  | { readonly outcome: 'counts'; readonly evidence: Evidence }
  | { readonly outcome: 'ignored'; readonly because: 'unknown-provider' | 'no-second-factor' | 'too-old' };

/** Whether the authentication at a provider counts as a second factor of the session that begins now. */
export function judgeUpstream(rules: UpstreamRules, claims: UpstreamClaims, now: number): UpstreamVerdict {
  const rule = Object.hasOwn(rules, claims.provider) ? rules[claims.provider] : undefined;
  if (rule === undefined) return { outcome: 'ignored', because: 'unknown-provider' };
  if (!isAnyOf(claims.acr, rule.acr) && !isAnyOf(claims.amr, rule.amr))
    return { outcome: 'ignored', because: 'no-second-factor' };
  const at = typeof claims.authTime === 'number' ? claims.authTime * 1000 : Number.NaN;
  if (!isRecent(at, rule.maxAgeSeconds, now)) return { outcome: 'ignored', because: 'too-old' };
  return { outcome: 'counts', evidence: { method: 'upstream', at } };
}

function isAnyOf(claim: unknown, wanted: readonly string[] = []): boolean {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.some((value) => typeof value === 'string' && wanted.includes(value));
}

/**
 * A provider's second factor stands in for one here, to go on and to need none of one's own. It is never a fresh proof, and whether it
 * resists phishing is not known.
 */
export function isProvenUpstream({ session, policy }: Facts): boolean {
  if (policy.strength === 'phishing-resistant') return false;
  const evidence = session?.evidence ?? [];
  return evidence.some(isFirstFactor) && evidence.some(({ method }) => method === 'upstream');
}
