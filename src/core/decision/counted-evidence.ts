import { findTraits, onFileId, onFileKind, type FactorKind } from '../member/factor-kind';
import {
  deriveAssurance,
  isFirstFactor,
  isSecondFactor,
  isSubstitute,
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

function countedEvidence(facts: Facts): readonly Evidence[] {
  return (facts.session?.evidence ?? []).filter(
    (evidence) => !isSpent(facts, evidence) && isAcceptedHere(facts, evidence),
  );
}

function isSpent({ spentChannels }: Facts, { authenticatorId, sentBy }: Evidence): boolean {
  if (spentChannels.length === 0) return false;
  // A code that fell back went to the address on file.
  const address = sentBy === undefined ? authenticatorId : onFileId(sentBy);
  return address !== undefined && spentChannels.includes(address);
}

/**
 * A session can switch organizations, and rules can change during a session. One organization's rules must not lower the
 * protection of another:
 * - A code to an address on file counts only if an administrator assigned that method.
 * - A kind that the policy forbids counts only if it is at least as strong as the person's strongest factor, or if the person has
 *   nothing else to prove.
 * - A code delivered by email instead of a text counts only if the policy allows the fallback.
 */
function isAcceptedHere(facts: Facts, evidence: Evidence): boolean {
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

/** A remembered browser or an identity provider can replace the second factor, unless phishing resistance is required. */
export function isProven(facts: Facts): boolean {
  if (isMultiFactor(facts)) return true;
  if (facts.policy.strength === 'phishing-resistant') return false;
  const evidence = facts.session?.evidence ?? [];
  return evidence.some(isFirstFactor) && evidence.some(isSubstitute);
}

function strongestProofs(facts: Facts): readonly Evidence[] {
  const strongest = strongestRank(facts);
  const mustResist = facts.policy.strength === 'phishing-resistant' && hasResistantFactor(facts);
  return provenSecondFactors(facts).filter(
    (evidence) =>
      rankOfProof(facts.factors, evidence) >= strongest &&
      (!mustResist || isResistant(facts, evidence.method)),
  );
}

export function strongestProofAt(facts: Facts, now: number): number | null {
  return latestProof(strongestProofs(facts), () => true, now);
}

/** Whether this login or session has proven two factors, and the second is at least as strong as the person's strongest. */
export function isStrongestProven(facts: Facts): boolean {
  return isMultiFactor(facts) && strongestProofs(facts).length > 0;
}

/** Whether the route itself requires phishing resistance, regardless of the policy. */
export function demandsResistance(requirement: Requirement): boolean {
  return requirement.kind === 'step-up' && requirement.strength === 'phishing-resistant';
}

export function asksForResistance({ policy }: Facts): boolean {
  return policy.strength === 'phishing-resistant';
}

export function isResistantProven(facts: Facts): boolean {
  return isMultiFactor(facts) && provenSecondFactors(facts).some(({ method }) => isResistant(facts, method));
}

export function backupProvenAt(facts: Facts, now: number): number | null {
  if (!isMultiFactor(facts)) return null;
  return latestProof(provenSecondFactors(facts), ({ method }) => isBackup(facts, method), now);
}

export function isBackup({ factors }: Facts, kind: FactorKind): boolean {
  return findTraits(factors, kind)?.enrollable === false;
}
