import { asStepUp, decide, type Decision, type Option } from '../../core/decision/decide';
import type { Facts } from '../../core/decision/decision';
import {
  challengeOptions,
  guessRank,
  provableFactors,
  rankOf,
  strongestRank,
} from '../../core/decision/usable-factors';
import { RECOVERY_CODES_GROUP, RECOVERY_CODES_ID, findTraits } from '../../core/member/factor-kind';
import { canEndLock, lockEnd } from '../../core/member/guess-counter';
import { BACKUP_KIND, FACTOR_TRAITS, channelOfKind } from '../../factors/find-factor';
import type { ChallengeOwner } from '../../stores/state-store';
import { challengeOwner, type AuthSubject, type ChallengeHint, type FlowContext } from '../context/context';
import { gatherFacts, type Gathered, type PrefetchedRecords } from '../context/gather-facts';
import {
  decideByPolicy,
  gatherSetupFacts,
  judgeAccess,
  type FindAdministered,
  type Person,
} from '../context/judge-access';
import type { ProofPurpose } from './answer-challenge';
import { findLinkByHash, isLockedOut, unlockOwner, withoutLocks, type FoundUnlockLink } from './unlock-link';

export type ChallengeDecision = Decision & { readonly outcome: 'challenge' };

/** What can be proven now, for a sign-in, a step-up or an unlock. */
export interface OpenProof {
  readonly purpose: ProofPurpose;
  readonly gathered: Gathered;
  /** Why a proof is needed, and the factors that can provide it. */
  readonly decision: ChallengeDecision;
  readonly owner: ChallengeOwner;
  /** The factor to ask for; null if the person must choose one. */
  readonly challengeHint: ChallengeHint | null;
  readonly link?: FoundUnlockLink;
}

export type Opening =
  | { readonly outcome: 'open'; readonly proof: OpenProof }
  /** No proof is needed here; the decision says what is. */
  | { readonly outcome: 'decided'; readonly decision: Decision; readonly gathered: Gathered };

export async function openLogin(
  context: FlowContext,
  { account, subject, early }: Person & { readonly early?: PrefetchedRecords | undefined },
): Promise<Opening> {
  const { gathered, decision } = await judgeAccess(context, { account, subject }, early);
  if (decision.outcome !== 'challenge') return { outcome: 'decided', decision, gathered };
  return open(subject, { purpose: 'login', gathered, decision });
}

/** Requires a new proof in a session, however fresh the last one is. People without a factor enter their password. */
export async function openStepUp(
  context: FlowContext,
  { account, subject, findAdministered }: Person & { readonly findAdministered?: FindAdministered },
): Promise<Opening> {
  const gathered = await gatherSetupFacts(context, { account, subject, findAdministered });
  const policyDecision = decideByPolicy(gathered);
  const meetsPolicy = policyDecision.outcome === 'allow' || policyDecision.outcome === 'enroll';
  const decision = meetsPolicy
    ? decideFreshProof(gathered.setup ?? gathered.facts, gathered.now)
    : policyDecision;
  if (subject.phase === 'session') {
    if (decision.outcome === 'challenge') return open(subject, { purpose: 'step-up', gathered, decision });
    if (decision.outcome === 'enroll' && account.hasPassword)
      return open(subject, { purpose: 'step-up', gathered, decision: BY_PASSWORD });
  }
  return { outcome: 'decided', decision, gathered };
}

const BY_PASSWORD: ChallengeDecision = {
  outcome: 'challenge',
  because: 'authentication-too-old',
  anyOf: [],
  password: true,
};

function decideFreshProof(facts: Facts, now: number): Decision {
  // Judged two seconds in the future, every existing proof is too old.
  const later = now + 2000;
  return asStepUp(decide(facts, { kind: 'step-up', maxAgeSeconds: 1, passwordSince: later }, later));
}

export type UnlockOpening = Opening | { readonly outcome: 'link-over' } | { readonly outcome: 'unlocked' };

/** Asks for a factor that ends the lock. Requires a session, or a login with the right password. */
export async function openUnlock(
  context: FlowContext,
  { account, subject, tokenHash }: Person & { readonly tokenHash: string | undefined },
): Promise<UnlockOpening> {
  const [link, gathered] = await Promise.all([
    tokenHash === undefined ? undefined : findLinkByHash(context, tokenHash),
    gatherFacts(context, account, subject),
  ]);
  const phase = gathered.facts.session.phase;
  if (phase !== 'live') {
    const because = phase === 'expired' ? 'session-expired' : 'session-ended';
    return { outcome: 'decided', decision: { outcome: 'sign-in', because }, gathered };
  }
  if (link === undefined || link.userId !== account.id) return { outcome: 'link-over' };
  if (!isLockedOut(context, gathered)) return { outcome: 'unlocked' };
  const anyOf = unlockOptions(context, gathered);
  if (anyOf.length === 0) return { outcome: 'decided', decision: decideLocked(context, gathered), gathered };
  const decision = { outcome: 'challenge', because: 'assurance-too-low', anyOf } as const;
  return open(subject, { purpose: 'unlock', gathered: withoutLocks(gathered), decision, link });
}

/**
 * The factors that can end the lock: those that the person could prove if nothing were locked, and that are at least as strong as
 * one that was guessed at. Recovery codes have their own lock, which the strongest factor ends.
 */
function unlockOptions(
  { options: { limits } }: Pick<FlowContext, 'options'>,
  gathered: Gathered,
): readonly Option[] {
  const { member, facts, now } = gathered;
  const { codes, [RECOVERY_CODES_GROUP]: recoveryCodes } = member.guesses;
  const areCodesLocked = lockEnd(codes, limits, now) !== null;
  const areRecoveryCodesLocked = lockEnd(recoveryCodes, limits, now) !== null;
  return challengeOptions(withoutLocks(gathered).facts, now).filter(({ authenticatorId, kind }) => {
    if (authenticatorId === RECOVERY_CODES_ID) return false;
    if (areRecoveryCodesLocked && rankOf(facts.factors, kind) >= strongestRank(facts)) return true;
    return areCodesLocked && canEndLock(codes, guessRank(facts.factors, kind));
  });
}

/** No factor of the person can end the lock: they use a recovery code or wait. */
function decideLocked({ options: { limits } }: FlowContext, gathered: Gathered): Decision {
  const { member, now } = gathered;
  const decision = decideByPolicy(gathered);
  if (decision.outcome === 'challenge' || decision.outcome === 'deny') return decision;
  const { codes, [RECOVERY_CODES_GROUP]: recoveryCodes } = member.guesses;
  const lockedUntil = lockEnd(codes, limits, now) ?? lockEnd(recoveryCodes, limits, now) ?? now;
  return { outcome: 'deny', because: 'locked', lockedUntil };
}

function open(subject: AuthSubject, found: Omit<OpenProof, 'owner' | 'challengeHint'>): Opening {
  const { purpose, link } = found;
  const owner = link === undefined ? challengeOwner(subject, purpose) : unlockOwner(link);
  return { outcome: 'open', proof: { ...found, owner, challengeHint: findChallengeHint(subject, found) } };
}

/** The last one asked for, otherwise one that sends nothing, because viewing a page must not send a code. */
function findChallengeHint(
  { challengeHint }: AuthSubject,
  { purpose, decision, gathered }: Omit<OpenProof, 'owner' | 'challengeHint'>,
): ChallengeHint | null {
  const before = challengeHint?.purpose === purpose ? challengeHint : null;
  if (before !== null && decision.anyOf.some((option) => isSameFactor(option, before))) return before;
  // A locked factor is not offered, but the page shows it with the lock and lists the alternatives.
  if (codesLockedUntil(gathered) !== null) {
    if (before !== null && before.kind !== BACKUP_KIND) return before;
    const [first] = provableFactors(gathered.facts);
    const isLocked = first !== undefined && findTraits(FACTOR_TRAITS, first.kind)?.guessGroup !== null;
    if (isLocked) return { purpose, ...first };
  }
  const [first, ...others] = decision.anyOf;
  const needsNoSending = ({ kind }: Option) => channelOfKind(kind) === null;
  const isImmediate = (option: Option) => needsNoSending(option) && option.kind !== BACKUP_KIND;
  const isOnlyOne = first !== undefined && others.length === 0 && needsNoSending(first);
  const option = purpose === 'unlock' ? decision.anyOf.find(isImmediate) : first;
  return option !== undefined && (isImmediate(option) || isOnlyOne) ? { purpose, ...option } : null;
}

function isSameFactor(one: Option, other: Option): boolean {
  return one.authenticatorId === other.authenticatorId && one.kind === other.kind;
}

export function codesLockedUntil({ facts, now }: Pick<Gathered, 'facts' | 'now'>): number | null {
  const { codesLockedUntil: until } = facts;
  return until !== null && now < until ? until : null;
}

export type Picked =
  | { readonly outcome: 'picked'; readonly challengeHint: ChallengeHint }
  | { readonly outcome: 'refused'; readonly because: 'no-authenticator' | 'no-challenge' }
  | { readonly outcome: 'refused'; readonly because: 'locked'; readonly lockedUntil: number };

/** The choice must be offered; null picks the one already asked for. During a lock, no code is sent or verified. */
export function pickFactor(proof: OpenProof, authenticatorId: string | null): Picked {
  const { purpose, decision, gathered } = proof;
  if (authenticatorId !== null) {
    const chosen = decision.anyOf.find((option) => option.authenticatorId === authenticatorId);
    if (chosen === undefined) return { outcome: 'refused', because: 'no-authenticator' };
    return { outcome: 'picked', challengeHint: { purpose, ...chosen } };
  }
  const { challengeHint } = proof;
  if (challengeHint === null) return { outcome: 'refused', because: 'no-challenge' };
  const lockedUntil = codesLockedUntil(gathered);
  const isOffered = decision.anyOf.some((option) => option.authenticatorId === challengeHint.authenticatorId);
  if (lockedUntil !== null && !isOffered) return { outcome: 'refused', because: 'locked', lockedUntil };
  return { outcome: 'picked', challengeHint };
}
