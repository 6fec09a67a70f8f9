import type { Authenticator } from '../core/member/authenticator';
import {
  channelOf,
  enrollableOf,
  findBackup,
  type Channel,
  type FactorKind,
  type FactorState,
  type Factors,
} from '../core/member/factor-kind';
import { SIGN_IN_CHALLENGE_SECONDS } from '../core/proof/sign-in-challenge';
import type { Throttle } from '../stores/state-store';
import type {
  Attempt,
  PendingEnrollment,
  Enrollee,
  FactorChallenge,
  FactorDefinition,
  FactorImport,
  FactorOptions,
  FactorTools,
  Shown,
  Verification,
  Verified,
} from './factor';
import { acceptProof, readState } from './factor-state';
import { FACTORS, WAY_IN } from './registry';
import type { RightWayIn, WayIn } from './way-in';

export const FACTOR_TRAITS: Factors = FACTORS.map(({ traits }) => traits);

/** Every kind that people can enroll, in the order they are offered. */
export const ENROLLABLE_KINDS: readonly FactorKind[] = enrollableOf(FACTOR_TRAITS);

export const RESISTANT_KINDS: readonly FactorKind[] = FACTOR_TRAITS.filter(
  ({ enrollable, phishingResistant }) => enrollable && phishingResistant,
).map(({ kind }) => kind);

/** The backup kind, for people who lost the others. */
export const BACKUP_KIND: FactorKind | undefined = findBackup(FACTOR_TRAITS)?.kind;

export function isEnrollableKind(value: unknown): value is FactorKind {
  return ENROLLABLE_KINDS.some((kind) => kind === value);
}

export function findFactor(kind: FactorKind): FactorDefinition | undefined {
  return FACTORS.find(({ traits }) => traits.kind === kind);
}

export function channelOfKind(kind: FactorKind): Channel | null {
  return channelOf(FACTOR_TRAITS, kind);
}

export function findAvailableKinds(options: FactorOptions): readonly FactorKind[] {
  return FACTORS.filter((factor) => factor.traits.enrollable && factor.available(options)).map(
    ({ traits }) => traits.kind,
  );
}

const backedUp = FACTORS.find(({ enrollment }) => (enrollment?.backup ?? null) !== null);

export const KIND_WITH_BACKUP: FactorKind | null = backedUp?.traits.kind ?? null;
export const BACKUP_PHONE_KIND: FactorKind | null = backedUp?.enrollment?.backup ?? null;

export const IMPORTED_FACTOR = findImported();

function findImported(): FactorImport & { readonly kind: FactorKind } {
  for (const { traits, imports } of FACTORS)
    if (imports !== undefined) return { kind: traits.kind, ...imports };
  throw new TypeError('No factor can be imported.');
}

export function proofField(kind: FactorKind | undefined): string {
  return (kind === undefined ? undefined : findFactor(kind)?.field) ?? 'code';
}

/** The factor's description of an authenticator; null if there is none, or the state cannot be read. */
export function describeAuthenticator({
  kind,
  state,
}: Authenticator): ReturnType<NonNullable<FactorDefinition['describe']>> | null {
  const factor = findFactor(kind);
  const read = factor?.stateSchema.safeParse(state);
  return read?.success === true ? (factor?.describe?.(read.data) ?? null) : null;
}

/** A factor, bound to the stores and keys of one instance. See `FactorDefinition`. */
export interface Factor extends Pick<FactorDefinition, 'traits' | 'parse'> {
  readonly enrollment: {
    begin(enrollee: Enrollee, variant: string): PendingEnrollment;
    show(begun: PendingEnrollment & { readonly id: string }, enrollee: Enrollee): Promise<Shown>;
  } | null;
  readonly challenge: {
    begin(before: FactorState | null, now: number): FactorState;
    show(asked: Parameters<FactorChallenge['show']>[0]): Promise<Shown>;
  } | null;
  verify(attempt: Attempt): Promise<Verification>;
  confirm(verified: Verified): FactorState;
  claim(userId: string, verified: Verified): Promise<boolean>;
  /** Null to ask the person for a name. */
  suggestLabel(state: FactorState): string | null;
  worksHere(state: FactorState): boolean;
  ownerHandle(state: FactorState): string | null;
  announce(
    left: readonly Authenticator[],
    owner: string | null,
  ): ReturnType<NonNullable<FactorDefinition['announce']>>;
  accept(attempt: Attempt, verified: Verified): Promise<boolean>;
}

/** Every factor by kind. A Map, so that a kind such as `constructor` is not found. */
export type FactorRegistry = ReadonlyMap<FactorKind, Factor>;

export function createFactors(tools: FactorTools): FactorRegistry {
  return new Map(FACTORS.map((factor) => [factor.traits.kind, bind(factor, tools)]));
}

function bind(definition: FactorDefinition, tools: FactorTools): Factor {
  const { traits, enrollment, challenge } = definition;
  return {
    traits,
    enrollment: enrollment && {
      begin: (enrollee, variant) => enrollment.begin(enrollee, variant),
      show: (begun, enrollee) => enrollment.show(begun, enrollee, tools),
    },
    challenge: challenge && {
      begin: (before, now) => challenge.begin(before, now),
      show: (asked) => challenge.show(asked, tools),
    },
    parse: (submitted) => definition.parse(submitted),
    verify: (attempt) => definition.verify(attempt, tools),
    confirm: ({ proof }) => enrollment?.confirm(proof) ?? {},
    claim: async (userId, { proof }) => (await enrollment?.claim?.(userId, proof, tools)) ?? true,
    suggestLabel: (state) => enrollment?.suggestLabel?.(readState(definition.stateSchema, state)) ?? null,
    worksHere: (state) => definition.worksHere?.(readState(definition.stateSchema, state), tools) ?? true,
    ownerHandle: (state) => definition.ownerHandle?.(readState(definition.stateSchema, state)) ?? null,
    announce: (left, owner) => definition.announce?.(left, owner, tools) ?? null,
    accept: (attempt, verified) => acceptProof(definition, attempt, verified, tools),
  };
}

export interface BoundWayIn extends Pick<WayIn, 'kind' | 'template' | 'parse' | 'challengeOf'> {
  show(challenge: string): Promise<Shown>;
  verify(attempt: Parameters<WayIn['verify']>[0]): ReturnType<WayIn['verify']>;
  accept(right: RightWayIn, now: number): Promise<boolean>;
  readonly used: Throttle;
}

/** Longer than a challenge is valid, even if the clocks of processes differ. */
const USED_SECONDS = 2 * SIGN_IN_CHALLENGE_SECONDS;

export function bindWayIn(tools: FactorTools): BoundWayIn {
  return {
    kind: WAY_IN.kind,
    template: WAY_IN.template,
    parse: (submitted) => WAY_IN.parse(submitted),
    challengeOf: (submission) => WAY_IN.challengeOf(submission),
    show: (challenge) => WAY_IN.show(challenge, tools),
    verify: (attempt) => WAY_IN.verify(attempt, tools),
    accept: (right, now) => WAY_IN.accept(right, now, tools),
    used: tools.state.throttle({ name: 'way-in', points: 1, seconds: USED_SECONDS }),
  };
}
