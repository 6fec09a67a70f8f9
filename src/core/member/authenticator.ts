import type { Facts } from '../decision/decision';
import { enrollableKinds, provableFactors } from '../decision/usable-factors';
import { onFileKind, type FactorKind, type FactorState } from './factor-kind';

/** One user's confirmed instance of a factor (NIST SP 800-63B-4, section 4). */
export interface Authenticator {
  readonly id: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Wrong proofs in a row. At the limit the authenticator is disabled until it is enrolled again. */
  readonly failures: number;
  readonly disabledAt: number | null;
  /** Belongs to its factor. Empty where the factor keeps nothing. */
  readonly state: FactorState;
  /** A secret shared with the person, or the address a code is sent to, sealed under the key ring; null where there is none. */
  readonly sealedSecret: string | null;
  /** The address as it may be shown, or null where there is none. */
  readonly maskedDestination: string | null;
  /** Where it was set up; absent where that is not known. */
  readonly organizationId?: string;
}

/** How many one person may have: all of them are read with each request. */
export const MOST_AUTHENTICATORS = 20;

/** What is recorded of the address on file of one kind, used where an administrator assigned that kind. */
export interface OnFileUse {
  /** Wrong proofs in a row. At the limit the kind is disabled until it is assigned again. */
  readonly failures: number;
  readonly disabledAt: number | null;
  /** The newest right proof; null where there was none. */
  readonly lastUsedAt: number | null;
}

export const NO_USE: OnFileUse = { failures: 0, disabledAt: null, lastUsedAt: null };

export type { GuessGroup } from './factor-kind';

/** Hard limits on guessing. They can be lowered by the host, never raised (NIST SP 800-63B-4, 3.2.2; PCI DSS 8.3.4). */
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

/** What must still be there for an authenticator to be removed. */
export type RemovalLeave =
  /** `keepOneOf`: one of these has to stay; null where none has to. */
  | { readonly outcome: 'removable'; readonly keepOneOf: readonly string[] | null }
  | { readonly outcome: 'last-factor' };

/** Under a required policy, and where an administrator switched MFA on, the last factor that works is replaced, not removed. */
export function mayRemoveFactor(facts: Facts, authenticatorId: string): RemovalLeave {
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
