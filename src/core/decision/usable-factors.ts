import {
  RECOVERY_CODES_ID,
  anyOfKindId,
  enrollableOf,
  findBackup,
  findTraits,
  onFileId,
  onFileKind,
  type FactorKind,
  type Factors,
} from '../member/factor-kind';
import { provenBy, type Evidence, type EvidenceMethod } from './assurance';
import type { Facts, Option } from './decision';

/** The strength of a factor that can be guessed; higher is stronger. Wrong proofs are counted by it. */
export type FactorRank = 1 | 2 | 3;

export const FACTOR_RANKS: readonly FactorRank[] = [1, 2, 3];

/** 0 for anything that is not a second factor known to this process. */
export function rankOf(factors: Factors, method: EvidenceMethod): number {
  return findTraits(factors, method)?.rank ?? 0;
}

/** The rank under which wrong proofs of the kind are counted. A right proof clears the counts up to this rank. */
export function guessRank(factors: Factors, kind: FactorKind): FactorRank {
  const rank = rankOf(factors, kind);
  return rank >= 3 ? 3 : rank === 2 ? 2 : 1;
}

/** Uses the channel that was proven, not the one that was asked for. */
export function rankOfProof(factors: Factors, evidence: Evidence): number {
  return rankOf(factors, provenBy(evidence));
}

/** A lock or a disabled factor does not lower it: an attacker who guesses at the app must not make an email code sufficient. */
export function strongestRank(facts: Facts): number {
  return Math.max(1, ...factorsWithDisabled(facts).map(({ kind }) => rankOf(facts.factors, kind)));
}

/** The kind of the strongest factor if no factor of that rank works any more; null if one does. */
export function findUnusableStrongest(facts: Facts): Option['kind'] | null {
  const strongest = strongestRank(facts);
  const isStrongest = ({ kind }: Option) => rankOf(facts.factors, kind) === strongest;
  if (provableFactors(facts).some(isStrongest)) return null;
  return factorsWithDisabled(facts).find(isStrongest)?.kind ?? null;
}

export function allowedKinds(
  facts: Pick<Facts, 'policy' | 'factors' | 'availableKinds'>,
): readonly FactorKind[] {
  const { methods, strength } = facts.policy;
  return enrollableOf(facts.factors).filter(
    (kind) =>
      methods.includes(kind) &&
      facts.availableKinds.includes(kind) &&
      (strength === 'any' || isResistant(facts, kind)),
  );
}

export function isResistant({ factors }: Pick<Facts, 'factors'>, kind: FactorKind): boolean {
  return findTraits(factors, kind)?.phishingResistant === true;
}

/** Includes disabled factors: breaking the passkey must not make the app sufficient. */
export function hasResistantFactor(facts: Facts): boolean {
  return facts.authenticators.some(({ kind }) => isResistant(facts, kind));
}

export function enrollableKinds(facts: Facts): readonly FactorKind[] {
  const possible = allowedKinds(facts);
  const { enabled, assignedKind } = facts.member;
  if (enabled && assignedKind !== null && possible.includes(assignedKind)) return [assignedKind];
  return possible;
}

/** A kind that the policy forbids now still counts for people with nothing else: a password alone must not enroll another. */
export function onFileOption(facts: Facts): Option | null {
  const { enabled, assignedKind } = facts.member;
  if (!enabled || assignedKind === null) return null;
  const traits = findTraits(facts.factors, assignedKind);
  if (traits?.worksOnFile !== true) return null;
  if (!facts.policy.methods.includes(assignedKind) && facts.authenticators.length > 0) return null;
  const onFile = traits.channel === 'email' ? facts.onFile.email : facts.onFile.phone;
  if (!onFile || facts.authenticators.some(({ kind }) => kind === assignedKind)) return null;
  return { authenticatorId: onFileId(assignedKind), kind: assignedKind };
}

/** Depends on what the person has: an organization that forbids a method must not let an attacker in with just the password. */
export function hasFactor(facts: Facts): boolean {
  return facts.authenticators.length > 0 || onFileOption(facts) !== null;
}

export function hasWantedFactor(facts: Facts): boolean {
  const wanted = enrollableKinds(facts);
  const onFile = onFileOption(facts);
  const has = onFile === null ? facts.authenticators : [onFile, ...facts.authenticators];
  return has.some(({ kind }) => wanted.some((want) => want === kind));
}

/** The allowed kinds, or if the person has none, every kind they have, so that they prove it before they enroll another. */
export function provableFactors(facts: Facts): readonly Option[] {
  const usable = facts.authenticators.filter((authenticator) => authenticator.usable);
  return preferAllowed(
    facts,
    availableOptions(facts, usable).filter(({ authenticatorId }) => {
      const kind = onFileKind(authenticatorId);
      return kind === null || !facts.onFileDisabled.includes(kind);
    }),
  );
}

/** With disabled factors: an attacker who guesses at the app until it is disabled must not make an email code sufficient. */
export function factorsWithDisabled(facts: Facts): readonly Option[] {
  return preferAllowed(facts, availableOptions(facts, facts.authenticators));
}

function availableOptions(facts: Facts, authenticators: Facts['authenticators']): readonly Option[] {
  const own: Option[] = authenticators
    .filter(({ kind }) => facts.availableKinds.includes(kind))
    .map(({ id, kind }) => ({ authenticatorId: id, kind }));
  const onFile = onFileOption(facts);
  const works = onFile !== null && facts.availableKinds.some((can) => can === onFile.kind);
  return (works ? [onFile, ...own] : own).filter(
    ({ authenticatorId }) => !facts.spentChannels.includes(authenticatorId),
  );
}

/** If phishing resistance is required, a forbidden method that resists phishing comes before an allowed one that doesn't. */
function preferAllowed(facts: Facts, all: readonly Option[]): readonly Option[] {
  const { methods, strength } = facts.policy;
  const resistant = strength === 'any' ? [] : all.filter(({ kind }) => isResistant(facts, kind));
  const known = resistant.length > 0 ? resistant : all;
  const allowed = known.filter(({ kind }) => methods.includes(kind));
  return allowed.length > 0 ? allowed : known;
}

/** The options to answer a challenge now. Recovery codes come last, and only if the person has a factor. */
export function challengeOptions(facts: Facts, now: number): readonly Option[] {
  const codesLocked = facts.codesLockedUntil !== null && now < facts.codesLockedUntil;
  const recoveryLocked = facts.recoveryCodesLockedUntil !== null && now < facts.recoveryCodesLockedUntil;
  const assigned = facts.member.enabled ? facts.member.assignedKind : null;
  const ordered = provableFactors(facts).toSorted(
    (a, b) => Number(b.kind === assigned) - Number(a.kind === assigned),
  );
  const backup = findBackup(facts.factors);
  const recovery: Option[] =
    backup !== undefined && facts.recoveryCodesLeft > 0 && hasFactor(facts) && !recoveryLocked
      ? [{ authenticatorId: RECOVERY_CODES_ID, kind: backup.kind }]
      : [];
  const open = ordered.filter(
    ({ kind }) => !codesLocked || findTraits(facts.factors, kind)?.guessGroup === null,
  );
  return [...askTogether(facts, open), ...recovery];
}

function askTogether({ factors }: Facts, options: readonly Option[]): readonly Option[] {
  const merged = options.map((option) => {
    const { kind } = option;
    const isTogether = findTraits(factors, kind)?.askedTogether === true;
    return isTogether ? { authenticatorId: anyOfKindId(kind), kind } : option;
  });
  const isFirst = ({ authenticatorId }: Option, place: number) =>
    merged.findIndex((other) => other.authenticatorId === authenticatorId) === place;
  return merged.filter(isFirst);
}

export function isAskedBy(
  option: Option,
  { id, kind }: { readonly id: string; readonly kind: FactorKind },
): boolean {
  return option.authenticatorId === id || option.authenticatorId === anyOfKindId(kind);
}
