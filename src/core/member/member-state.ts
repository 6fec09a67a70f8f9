import { isMfaOn, type Facts } from '../decision/decision';
import { hasFactor, hasResistantFactor, provableFactors } from '../decision/usable-factors';
import { deriveGrace, type Grace } from '../policy/policy';
import { channelOf, enrollableOf, type FactorKind } from './factor-kind';
import { isExempt, type Exemption } from './member';

/** The state of one member, as administrators see it. */
export interface MemberState {
  /** Has a factor: an authenticator, or an assigned kind that works with an address on file. */
  readonly configured: boolean;
  /** In the order in which kinds are offered. */
  readonly kinds: readonly FactorKind[];
  /** Required to use MFA even if the policy only requires it of assigned members. */
  readonly enabled: boolean;
  readonly assignedKind?: FactorKind;
  /** Present only while it is valid. */
  readonly exemption?: Exemption;
  /** Present only if it is in the future. */
  readonly lockedUntil?: number;
  readonly federated: boolean;
  readonly inGrace: boolean;
  /** The end of the grace period and the remaining skips, if the member is in a grace period. */
  readonly graceUntil?: number;
  readonly skipsLeft?: number;
  /** Has a factor, but not a phishing-resistant one, which the policy requires. */
  readonly needsStronger?: true;
  /** No address, on file or enrolled, that can receive a code or a notice. */
  readonly noUsableContact: boolean;
}

/** The list, the member's page, the preview, the CSV and the counts all use this function, so that they always agree. */
export function deriveMemberState(facts: Facts, now: number): MemberState {
  const { member, federated } = facts;
  const configured = hasFactor(facts);
  const exempt = isExempt(member.exemption, now);
  const grace = deriveGracePeriod(facts, { configured, exempt, now });
  const { codesLockedUntil: lockedUntil } = facts;
  return {
    configured,
    kinds: kindsOf(facts),
    enabled: member.enabled,
    ...(member.enabled && member.assignedKind !== null ? { assignedKind: member.assignedKind } : {}),
    ...(exempt && member.exemption !== null ? { exemption: member.exemption } : {}),
    ...(lockedUntil !== null && now < lockedUntil ? { lockedUntil } : {}),
    federated,
    inGrace: grace.skippable,
    ...(grace.skippable && grace.graceUntil !== undefined ? { graceUntil: grace.graceUntil } : {}),
    ...(grace.skippable && grace.skipsLeft !== undefined ? { skipsLeft: grace.skipsLeft } : {}),
    ...(configured && !exempt && needsStronger(facts) ? { needsStronger: true } : {}),
    noUsableContact: !hasContact(facts),
  };
}

function needsStronger(facts: Facts): boolean {
  return isMfaOn(facts) && facts.policy.strength === 'phishing-resistant' && !hasResistantFactor(facts);
}

function kindsOf(facts: Facts): readonly FactorKind[] {
  const known = enrollableOf(facts.factors);
  const onFile = provableFactors({ ...facts, onFileDisabled: [], availableKinds: known });
  const all: readonly { readonly kind: string }[] = [...facts.authenticators, ...onFile];
  const unknown = facts.authenticators.map(({ kind }) => kind).filter((kind) => !known.includes(kind));
  return [...known.filter((wanted) => all.some(({ kind }) => kind === wanted)), ...new Set(unknown)];
}

function deriveGracePeriod(
  facts: Facts,
  known: { readonly configured: boolean; readonly exempt: boolean; readonly now: number },
): Grace {
  const { policy, member, federated } = facts;
  const isAsked = facts.featureAvailable && policy.enabled && !federated && !known.exempt;
  if (!isAsked || known.configured) return { skippable: false };
  // An optional enrollment without a limit can be postponed forever, so there is no grace period.
  if (policy.graceUntil === null && policy.skips === null) return { skippable: false };
  return deriveGrace(policy, member, known.now);
}

function hasContact({ onFile, authenticators, factors }: Facts): boolean {
  return onFile.email || onFile.phone || authenticators.some(({ kind }) => channelOf(factors, kind) !== null);
}
