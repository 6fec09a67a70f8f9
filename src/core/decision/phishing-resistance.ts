import { findTraits, type FactorKind } from '../member/factor-kind';
import { latestProof } from './assurance';
import { isMultiFactor, provenSecondFactors } from './counted-evidence';
import type { Requirement } from './decision';
import type { Facts } from './facts';
import { isResistant } from './usable-factors';

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
