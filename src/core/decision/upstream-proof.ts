import { isRecent } from '../clock';
import { isFirstFactor, type Evidence } from './assurance';
import type { Facts } from './decision';

/** The claims that make the multi-factor authentication of an identity provider count. One match in `acr` or `amr` is enough. */
export interface UpstreamRule {
  /** Values of the claim `acr` that mean a second factor. */
  readonly acr?: readonly string[] | undefined;
  /** Values of the claim `amr` (RFC 8176) that mean a second factor, such as `mfa`. */
  readonly amr?: readonly string[] | undefined;
  /** The maximum age of the authentication at the provider. */
  readonly maxAgeSeconds: number;
}

/** Rules by the name that the host gives the provider. */
export type UpstreamRules = Readonly<Record<string, UpstreamRule>>;

/** Claims of an ID token that the host has verified. Their types are not trusted, because the provider chose them. */
export interface UpstreamClaims {
  /** A key of the option `upstreamMfa`. */
  readonly provider: string;
  readonly acr?: unknown;
  readonly amr?: unknown;
  /** The claim `auth_time`: seconds since 1970. */
  readonly authTime?: unknown;
}

export type UpstreamVerdict =
  | { readonly outcome: 'counts'; readonly evidence: Evidence }
  | { readonly outcome: 'ignored'; readonly because: 'unknown-provider' | 'no-second-factor' | 'too-old' };

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

/** The proof of a provider is never fresh, and whether it resists phishing is unknown. */
export function isProvenUpstream({ session, policy }: Facts): boolean {
  if (policy.strength === 'phishing-resistant') return false;
  const evidence = session?.evidence ?? [];
  return evidence.some(isFirstFactor) && evidence.some(({ method }) => method === 'upstream');
}
