import { findTraits, onFileId, onFileKind, type FactorKind } from '../member/factor-kind';
import {
  deriveAssurance,
  isFirstFactor,
  isSecondFactor,
  isStandIn,
  latestProof,
  type Evidence,
} from './assurance';
import type { Facts, Requirement } from './decision';
import {
  hasResistantFactor,
  isResistant,
  onFileOption,
  provableFactors,
  rankOfProof,
  strongestRank,
} from './usable-factors';

/** What was proven by another way than the first factor came, and what this organization would have asked for. */
function countedEvidence(facts: Facts): readonly Evidence[] {
  return (facts.session?.evidence ?? []).filter(
    (evidence) => !isSpent(facts, evidence) && isAskedHere(facts, evidence),
  );
}

function isSpent({ spentChannels }: Facts, { authenticatorId, sentBy }: Evidence): boolean {
  if (spentChannels.length === 0) return false;
  // A code that fell back went to the address on file.
  const address = sentBy === undefined ? authenticatorId : onFileId(sentBy);
  return address !== undefined && spentChannels.includes(address);
}

/**
 * A session may go from one organization to another, and rules may change during a session. A code to an address on file counts only
 * where an administrator assigned that, and a kind that the policy forbids only where it is no weaker than what the person has, or
 * where nothing else is left to ask for: otherwise one organization's rules would lower the protection of another. The same goes for
 * a code that went by email in the place of a text.
 */
function isAskedHere(facts: Facts, evidence: Evidence): boolean {
  const { method, authenticatorId } = evidence;
  if (!isSecondFactor(evidence) || findTraits(facts.factors, method)?.enrollable === false) return true;
  if (evidence.sentBy !== undefined && !facts.policy.smsFallback) return false;
  if (authenticatorId !== undefined && onFileKind(authenticatorId) !== null)
    return onFileOption(facts)?.authenticatorId === authenticatorId;
  if (facts.policy.methods.includes(method) || rankOfProof(facts.factors, evidence) >= strongestRank(facts))
    return true;
  return provableFactors(facts).some((option) => option.authenticatorId === authenticatorId);
}

export function provenSecondFactors(facts: Facts): readonly Evidence[] {
  return countedEvidence(facts).filter(isSecondFactor);
}

export function isMultiFactor(facts: Facts): boolean {
  return deriveAssurance(countedEvidence(facts)) === 'multi-factor';
}

/**
 * Whether this login or session has proven a second factor, or a remembered browser or an identity provider stood in for it. Neither
 * does where phishing resistance is asked for.
 */
export function isProven(facts: Facts): boolean {
  if (isMultiFactor(facts)) return true;
  if (facts.policy.strength === 'phishing-resistant') return false;
  const evidence = facts.session?.evidence ?? [];
  return evidence.some(isFirstFactor) && evidence.some(isStandIn);
}

/** The proofs of this login or session that are no weaker than the strongest factor the person has. */
function strongestProofs(facts: Facts): readonly Evidence[] {
  const strongest = strongestRank(facts);
  const mustResist = facts.policy.strength === 'phishing-resistant' && hasResistantFactor(facts);
  return provenSecondFactors(facts).filter(
    (evidence) =>
      rankOfProof(facts.factors, evidence) >= strongest &&
      (!mustResist || isResistant(facts, evidence.method)),
  );
}

/** When the strongest factor was proven last, or null. */
export function strongestProofAt(facts: Facts, now: number): number | null {
  return latestProof(strongestProofs(facts), () => true, now);
}

/** Whether this login or session has proven two factors, of which the second is no weaker than the strongest. */
export function isStrongestProven(facts: Facts): boolean {
  return isMultiFactor(facts) && strongestProofs(facts).length > 0;
}

/** Whether a route asks for phishing resistance, whatever the policy says. */
export function demandsResistance(requirement: Requirement): boolean {
  return requirement.kind === 'step-up' && requirement.strength === 'phishing-resistant';
}

export function asksForResistance({ policy }: Facts): boolean {
  return policy.strength === 'phishing-resistant';
}

export function isResistantProven(facts: Facts): boolean {
  return isMultiFactor(facts) && provenSecondFactors(facts).some(({ method }) => isResistant(facts, method));
}

/** When a backup such as a recovery code was proven last beside a first factor, or null. */
export function backupProvenAt(facts: Facts, now: number): number | null {
  if (!isMultiFactor(facts)) return null;
  return latestProof(provenSecondFactors(facts), ({ method }) => isBackup(facts, method), now);
}

export function isBackup({ factors }: Facts, kind: FactorKind): boolean {
  return findTraits(factors, kind)?.enrollable === false;
}
