import { findTraits, type FactorKind, type Factors } from '../member/factor-kind';
import { provenBy, type Evidence, type EvidenceMethod } from './assurance';
import type { Option } from './decision';
import type { Facts } from './facts';
import { provableFactors, rankedFactors } from './usable-factors';

/** How strong a factor is that can be guessed at; more is stronger. Wrong proofs are counted by it. */
export type FactorRank = 1 | 2 | 3;

export const FACTOR_RANKS: readonly FactorRank[] = [1, 2, 3];

/** 0 for what is no second factor, or none that this process knows. */
export function rankOf(factors: Factors, method: EvidenceMethod): number {
  return findTraits(factors, method)?.rank ?? 0;
}

/** The rank under which wrong proofs of the kind are counted, and up to which a right one ends the counts. */
export function guessRank(factors: Factors, kind: FactorKind): FactorRank {
  const rank = rankOf(factors, kind);
  return rank >= 3 ? 3 : rank === 2 ? 2 : 1;
}

/** By the channel that was proven, whatever was asked for. */
export function rankOfProof(factors: Factors, evidence: Evidence): number {
  return rankOf(factors, provenBy(evidence));
}

/**
 * The rank of the strongest factor the person has. Neither a lock nor disablement lowers it: guessing at the app must not turn
 * an email code into proof enough. The way out of a disabled one is a recovery code, or an administrator's reset.
 */
export function strongestRank(facts: Facts): number {
  return Math.max(1, ...rankedFactors(facts).map(({ kind }) => rankOf(facts.factors, kind)));
}

/** The kind of the strongest factor where none of that rank works any more; null where one does. */
export function findUnusableStrongest(facts: Facts): Option['kind'] | null {
  const strongest = strongestRank(facts);
  const isStrongest = ({ kind }: Option) => rankOf(facts.factors, kind) === strongest;
  if (provableFactors(facts).some(isStrongest)) return null;
  return rankedFactors(facts).find(isStrongest)?.kind ?? null;
}
