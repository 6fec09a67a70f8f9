import { provenBy } from './assurance';
import type { Evidence, EvidenceMethod } from './assurance';
import type { Facts } from './facts';
import { provableFactors } from './usable-factors';

/** A recovery code ranks with the strongest: it is what is left to a person who lost the phone. */
const RANKS: ReadonlyMap<EvidenceMethod, number> = new Map([
  ['recovery-code', 3],
  ['totp', 3],
  ['sms', 2],
  ['email', 1],
]);

export function rankOf(method: EvidenceMethod): number {
  return RANKS.get(method) ?? 0;
}

/** By the channel that was proven, whatever was asked for. */
export function rankOfProof(evidence: Evidence): number {
  return rankOf(provenBy(evidence));
}

/**
 * The rank of the strongest factor the person could prove. A lock does not lower it: guessing at the app must not turn
 * an email code into proof enough.
 */
export function strongestRank(facts: Facts): number {
  return Math.max(1, ...provableFactors(facts).map(({ kind }) => rankOf(kind)));
}
