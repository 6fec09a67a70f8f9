import type { Facts } from '../decision/decision';
import { enrollableKinds, provableFactors } from '../decision/usable-factors';
import { onFileKind, type FactorKind, type FactorState } from './factor-kind';

/** A factor that one user has set up and confirmed (NIST SP 800-63B-4, section 4). */
export interface Authenticator {
  readonly id: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Consecutive wrong proofs. At the limit, the authenticator is disabled until it is enrolled again. */
  readonly failures: number;
  readonly disabledAt: number | null;
  /** Only the factor reads it. Empty if the factor stores nothing. */
  readonly state: FactorState;
  /** The shared secret or the address that codes go to, sealed under the key ring. Null if there is neither. */
  readonly sealedSecret: string | null;
  /** The masked address for display, or null if there is no address. */
  readonly maskedDestination: string | null;
  /** The organization in which it was set up. Absent if unknown. */
  readonly organizationId?: string;
}

/** The maximum per person, because every request reads them all. */
export const MOST_AUTHENTICATORS = 20;

/** The use of an address on file of one kind, after an administrator assigned that kind. */
export interface OnFileUse {
  /** Consecutive wrong proofs. At the limit, the kind is disabled until it is assigned again. */
  readonly failures: number;
  readonly disabledAt: number | null;
  /** When the last right proof was given; null if never. */
  readonly lastUsedAt: number | null;
}

export const NO_USE: OnFileUse = { failures: 0, disabledAt: null, lastUsedAt: null };

export type { GuessGroup } from './factor-kind';

/** Hard limits on guessing. The host can lower them, never raise them (NIST SP 800-63B-4, 3.2.2; PCI DSS 8.3.4). */
export interface GuessLimits {
  readonly perChallenge: number;
  readonly perUser: number;
  readonly perAuthenticator: number;
  readonly lockSeconds: number;
}

export const GUESS_LIMITS: GuessLimits = {
  perChallenge: 5,
  perUser: 10,
  perAuthenticator: 100,
  lockSeconds: 1800,
};

export type RemovalPermission =
  /** `keepOneOf`: at least one of these must remain; null if none has to. */
  | { readonly outcome: 'removable'; readonly keepOneOf: readonly string[] | null }
  | { readonly outcome: 'last-factor' };

/** If MFA is required by the policy or enabled for this member, the last working factor can be replaced, but not removed. */
export function mayRemoveFactor(facts: Facts, authenticatorId: string): RemovalPermission {
  if (facts.policy.enrollment !== 'required' && !facts.member.enabled)
    return { outcome: 'removable', keepOneOf: null };
  const authenticators = facts.authenticators.filter(({ id }) => id !== authenticatorId);
  const wanted = enrollableKinds(facts);
  const left = provableFactors({ ...facts, authenticators, spentChannels: [] })
    .filter(({ kind }) => wanted.some((want) => want === kind))
    .map((option) => option.authenticatorId);
  if (left.length === 0) return { outcome: 'last-factor' };
  const onFile = left.some((id) => onFileKind(id) !== null);
  return { outcome: 'removable', keepOneOf: onFile ? null : left };
}
