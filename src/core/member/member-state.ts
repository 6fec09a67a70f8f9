import { isMfaOn, type Facts } from '../decision/decision';
import { hasFactor, hasResistantFactor, provableFactors } from '../decision/usable-factors';
import { deriveGrace, type Grace } from '../policy/policy';
import { channelOf, enrollableOf, type FactorKind } from './factor-kind';
import { isExempt, type Exemption } from './member';

/** The state of one member, as administrators see it. */
export interface MemberState {
  /** Has a factor: an authenticator, or an assigned kind that an address on file carries. */
  readonly configured: boolean;
  /** In the order in which kinds are offered. */
  readonly kinds: readonly FactorKind[];
  /** Asked even where the policy asks only assigned members. */
  readonly enabled: boolean;
  readonly assignedKind?: FactorKind;
  /** Only one that holds now. */
  readonly exemption?: Exemption;
  /** Only an end in the future. */
  readonly lockedUntil?: number;
  readonly federated: boolean;
  readonly inGrace: boolean;
  /** The end of the grace by date, and what is left of it by count, where the member is in it. */
  readonly graceUntil?: number;
  readonly skipsLeft?: number;
  /** Has a factor, but none that resists phishing, which the policy requires. */
  readonly needsStronger?: true;
  /** No address, on file or enrolled, that a code or a notice could reach. */
  readonly noUsableContact: boolean;
}

/** One derivation for the list, the member's page, the preview, the CSV and the counts, so that they never differ. */
export function deriveMemberState(facts: Facts, now: number): MemberState {
  const { member, federated } = facts;
  const configured = hasFactor(facts);
  const exempt = isExempt(member.exemption, now);
  const grace = deriveWaiting(facts, { configured, exempt, now });
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

/** The kinds a member has: enrolled ones, and one that was assigned and needs no enrollment. */
function kindsOf(facts: Facts): readonly FactorKind[] {
  const known = enrollableOf(facts.factors);
  const onFile = provableFactors({ ...facts, onFileDisabled: [], availableKinds: known });
  const all: readonly { readonly kind: string }[] = [...facts.authenticators, ...onFile];
  const unknown = facts.authenticators.map(({ kind }) => kind).filter((kind) => !known.includes(kind));
  return [...known.filter((wanted) => all.some(({ kind }) => kind === wanted)), ...new Set(unknown)];
}

/** Grace as it matters to a person: somebody is asked to enroll, and may put it off. */
function deriveWaiting(
  facts: Facts,
  known: { readonly configured: boolean; readonly exempt: boolean; readonly now: number },
): Grace {
  const { policy, member, federated } = facts;
  const asked = facts.featureAvailable && policy.enabled && !federated && !known.exempt;
  if (!asked || known.configured) return { skippable: false };
  // Optional without an end can be put off for ever, which is no grace period.
  if (policy.graceUntil === null && policy.skips === null) return { skippable: false };
  return deriveGrace(policy, member, known.now);
}

function hasContact({ onFile, authenticators, factors }: Facts): boolean {
  return onFile.email || onFile.phone || authenticators.some(({ kind }) => channelOf(factors, kind) !== null);
}
