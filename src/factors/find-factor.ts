import {
  channelOf,
  enrollableOf,
  findBackup,
  type Channel,
  type FactorKind,
  type Factors,
} from '../core/member/factor-kind';
import type { AcceptedSteps } from '../core/proof/totp';
import type { Attempt, FactorDefinition, FactorOptions, FactorTools, Verification, Verified } from './factor';
import { FACTORS } from './registry';

/** What the rules know about the factors. */
export const FACTOR_TRAITS: Factors = FACTORS.map(({ traits }) => traits);

/** Every kind that people can enroll, in the order in which they are offered. */
export const ENROLLABLE_KINDS: readonly FactorKind[] = enrollableOf(FACTOR_TRAITS);

/** The kind that stands in for the others. */
export const BACKUP_KIND: FactorKind | undefined = findBackup(FACTOR_TRAITS)?.kind;

export function isEnrollableKind(value: unknown): value is FactorKind {
  return ENROLLABLE_KINDS.some((kind) => kind === value);
}

export function findFactor(kind: FactorKind): FactorDefinition | undefined {
  return FACTORS.find(({ traits }) => traits.kind === kind);
}

/** The channel by which the kind's codes travel, or null. */
export function channelOfKind(kind: FactorKind): Channel | null {
  return channelOf(FACTOR_TRAITS, kind);
}

/** The enrollable kinds that work with these options. */
export function findAvailableKinds(options: FactorOptions): readonly FactorKind[] {
  return FACTORS.filter((factor) => factor.traits.enrollable && factor.available(options)).map(
    ({ traits }) => traits.kind,
  );
}

const backedUp = FACTORS.find(({ secret }) => (secret?.backup ?? null) !== null);

/** The kind for which the wizard sets up a backup first, and the kind of that backup. */
export const KIND_WITH_BACKUP: FactorKind | null = backedUp?.traits.kind ?? null;
export const BACKUP_PHONE_KIND: FactorKind | null = backedUp?.secret?.backup ?? null;

/** A factor with the stores and keys of one instance. */
export interface Factor extends Pick<FactorDefinition, 'traits' | 'parse'> {
  verify(attempt: Attempt): Promise<Verification>;
  enrolled(verified: Verified): AcceptedSteps;
  accept(attempt: Attempt, verified: Verified): Promise<boolean>;
}

/** Every factor by its kind. A Map, so that a kind such as `constructor` finds nothing. */
export type FactorRegistry = ReadonlyMap<FactorKind, Factor>;

export function createFactors(tools: FactorTools): FactorRegistry {
  return new Map(FACTORS.map((factor) => [factor.traits.kind, bind(factor, tools)]));
}

function bind(definition: FactorDefinition, tools: FactorTools): Factor {
  const { traits } = definition;
  return {
    traits,
    parse: (submitted) => definition.parse(submitted),
    verify: (attempt) => definition.verify(attempt, tools),
    enrolled: ({ proof }) => definition.enrolled(proof),
    accept: (attempt, { proof }) => definition.accept(attempt, proof, tools),
  };
}
