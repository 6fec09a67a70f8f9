import type { FactorKind } from '../member/factor-kind';
import { provenBy, type Evidence, type EvidenceMethod } from './assurance';
import type { Option } from './decision';
import type { Facts } from './facts';
import { provableFactors, rankedFactors } from './usable-factors';

/** How strong a factor is; more is stronger. */
export type FactorRank = 1 | 2 | 3;

export const FACTOR_RANKS: readonly FactorRank[] = [1, 2, 3];

/** A recovery code ranks with the strongest: it is what is left to a person who lost the phone. */
const RANKS: Readonly<Record<FactorKind, FactorRank>> = { 'recovery-code': 3, totp: 3, sms: 2, email: 1 };

const RANK_OF_METHOD: ReadonlyMap<string, number> = new Map(Object.entries(RANKS));

export function factorRank(kind: FactorKind): FactorRank {
  return RANKS[kind];
}

/** The same for every way of proving something; 0 for what is no second factor. */
export function rankOf(method: EvidenceMethod): number {
  return RANK_OF_METHOD.get(method) ?? 0;
}

/** By the channel that was proven, whatever was asked for. */
export function rankOfProof(evidence: Evidence): number {
  return rankOf(provenBy(evidence));
}

/**
 * The rank of the strongest factor the person has. Neither a lock nor disablement lowers it: guessing at the app must not turn
 * an email code into proof enough. The way out of a disabled one is a recovery code, or an administrator's reset.
 */
export function strongestRank(facts: Facts): number {
  return Math.max(1, ...rankedFactors(facts).map(({ kind }) => rankOf(kind)));
}

/** The kind of the strongest factor where none of that rank works any more; null where one does. */
export function findUnusableStrongest(facts: Facts): Option['kind'] | null {
  const strongest = strongestRank(facts);
  const isStrongest = ({ kind }: Option) => rankOf(kind) === strongest;
  if (provableFactors(facts).some(isStrongest)) return null;
  return rankedFactors(facts).find(isStrongest)?.kind ?? null;
}
