import type { Evidence } from './assurance';
import { deriveAssurance, isFirstFactor, isSecondFactor, latestProof } from './assurance';
import type { Decision, Requirement } from './decision';
import type { Facts } from './facts';
import { onFileId } from './factor-kind';
import { deriveGrace, doesSkipHold } from './grace';
import { isExempt } from './member';
import { challengeOptions, enrollableKinds, hasFactor, hasWantedFactor } from './usable-factors';
import { rankOf, rankOfProof, strongestRank } from './factor-strength';

/** A rule answers with a decision, or with null when it has nothing to say. */
export interface Rule {
  readonly name: string;
  readonly judge: (facts: Facts, requirement: Requirement, now: number) => Decision | null;
}

/** The order is the meaning: the first rule that answers wins. */
export const RULES: readonly Rule[] = [
  { name: 'session-must-be-live', judge: requireLiveSession },
  { name: 'policy-off', judge: allowWithoutPolicy },
  { name: 'federated', judge: allowFederated },
  { name: 'exempt', judge: allowExempt },
  { name: 'records-must-not-be-missing', judge: denyMissingRecords },
  { name: 'factor-must-be-proven', judge: challengeFactor },
  { name: 'factor-proof-must-be-fresh', judge: challengeStaleFactor },
  { name: 'wanted-factor-must-exist', judge: enrollWantedFactor },
  { name: 'password-must-be-fresh', judge: challengeStalePassword },
  { name: 'factor-proven', judge: allowSatisfied },
  { name: 'no-factor-asked', judge: allowNotEnrolled },
];

function requireLiveSession({ session }: Facts): Decision | null {
  if (session === null) return { outcome: 'sign-in', because: 'no-session' };
  if (session.standing === 'ended') return { outcome: 'sign-in', because: 'session-ended' };
  if (session.standing === 'expired') return { outcome: 'sign-in', because: 'session-expired' };
  return null;
}

function isPolicyOff(facts: Facts): boolean {
  if (!facts.featureAvailable) return true;
  return !facts.policy.enabled && !isPolicyLost(facts);
}

/**
 * Off is what was saved as off. Where nothing is saved and somebody has a factor all the same, the policy under which they came
 * to it may be lost; what they have is asked for, so that the loss opens nothing.
 */
function isPolicyLost(facts: Facts): boolean {
  const { policy, authenticators, enrolledBefore, onFileProven } = facts;
  if (policy.version > 0) return false;
  return authenticators.length > 0 || enrolledBefore || (onFileProven && hasFactor(facts));
}

function allowWithoutPolicy(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (!isPolicyOff(facts)) return null;
  return stalePassword(facts, requirement, now) ?? { outcome: 'allow', because: 'policy-off' };
}

/** The provider answers for sessions that began with it; a password given here is a login like any other. */
function allowFederated(facts: Facts, requirement: Requirement): Decision | null {
  if (requirement.kind === 'step-up' || !facts.federated) return null;
  const elsewhere = facts.session?.evidence.some(({ method }) => method === 'federated' || method === 'host');
  const answered =
    elsewhere === true && facts.authenticators.length === 0 && !facts.policy.challengeFederated;
  return answered ? { outcome: 'allow', because: 'federated' } : null;
}

function allowExempt(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (requirement.kind === 'step-up') return null;
  return isExempt(facts.member.exemption, now) ? { outcome: 'allow', because: 'exempt' } : null;
}

/** Lost records must not read as "never enrolled". */
function denyMissingRecords(facts: Facts): Decision | null {
  const missing = facts.enrolledBefore && facts.authenticators.length === 0;
  return missing ? { outcome: 'deny', because: 'records-unavailable' } : null;
}

/** What was proven by another way than the first factor came. */
function countedEvidence({ session, spentChannels }: Facts): readonly Evidence[] {
  const evidence = session?.evidence ?? [];
  if (spentChannels.length === 0) return evidence;
  return evidence.filter(({ authenticatorId, sentBy }) => {
    // A code that fell back went to the address on file.
    const address = sentBy === 'email' ? onFileId('email') : authenticatorId;
    return address === undefined || !spentChannels.includes(address);
  });
}

function isMultiFactor(facts: Facts): boolean {
  return deriveAssurance(countedEvidence(facts)) === 'multi-factor';
}

/** Whether this login or session has proven a second factor, or a remembered browser stood in for it. */
function isProven(facts: Facts): boolean {
  if (isMultiFactor(facts)) return true;
  const evidence = facts.session?.evidence ?? [];
  return evidence.some(isFirstFactor) && evidence.some(({ method }) => method === 'remembered-browser');
}

function challengeFactor(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (!hasFactor(facts) || isProven(facts)) return null;
  return challenge(facts, 'assurance-too-low', now);
}

type ChallengeReason = (Decision & { outcome: 'challenge' })['because'];

function challenge(facts: Facts, because: ChallengeReason, now: number): Decision {
  const anyOf = challengeOptions(facts, now);
  if (anyOf.length > 0) return { outcome: 'challenge', because, anyOf };
  // Waiting helps only where the end of a lock leaves something to answer with.
  const ends = [facts.codesLockedUntil, facts.recoveryCodesLockedUntil].filter(
    (until) => until !== null && now < until && challengeOptions(facts, until).length > 0,
  );
  if (ends.length > 0)
    return { outcome: 'deny', because: 'locked', lockedUntil: Math.min(...ends.map(Number)) };
  const onlySpent = challengeOptions({ ...facts, spentChannels: [] }, now).length > 0;
  return { outcome: 'deny', because: onlySpent ? 'same-channel' : 'no-usable-factor' };
}

/** Asks for enrollment where the policy wants a factor that the person does not have. */
function enrollWantedFactor(facts: Facts, requirement: Requirement, now: number): Decision | null {
  const { policy, member } = facts;
  // A policy that is lost asks for what there is and wants nothing new.
  if (!policy.enabled || hasWantedFactor(facts)) return null;
  const anyOf = enrollableKinds(facts);
  const asked = member.enabled || policy.enrollment !== 'assigned';
  if (!asked && requirement.kind === 'policy') return null;
  const grace = deriveGrace(policy, member, now);
  // A route that wants a fresh proof takes the password of a person who need not enroll yet; without one, only a factor is left.
  const mayWait = !asked || grace.skippable;
  if (requirement.kind === 'step-up' && mayWait && (hasFactor(facts) || facts.hasPassword)) return null;
  const skipped = facts.session?.skipped === true && doesSkipHold(policy, member, now);
  if (requirement.kind === 'policy' && skipped) return { outcome: 'allow', because: 'skipped' };
  if (anyOf.length === 0) return grace.skippable ? null : { outcome: 'deny', because: 'no-usable-factor' };
  // A remembered browser stands in for a proof where pages are shown; it does not bind a new factor.
  if (hasFactor(facts) && !isMultiFactor(facts)) return challenge(facts, 'assurance-too-low', now);
  if (requirement.kind === 'step-up' || !grace.skippable) {
    return { outcome: 'enroll', because: 'required', anyOf, skippable: false };
  }
  return { outcome: 'enroll', because: 'offered', anyOf, ...grace };
}

/** Step-up: the newest proof of the strongest factor counts, never a remembered browser. */
function challengeStaleFactor(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (requirement.kind !== 'step-up' || !hasFactor(facts)) return null;
  const strongest = strongestRank(facts);
  const provenAt = latestProof(
    countedEvidence(facts),
    (evidence) => isSecondFactor(evidence) && rankOfProof(evidence) >= strongest,
  );
  if (isFresh(provenAt, requirement.maxAgeSeconds, now)) return null;
  const decision = challenge(facts, 'authentication-too-old', now);
  if (decision.outcome !== 'challenge') return decision;
  return { ...decision, anyOf: decision.anyOf.filter(({ kind }) => rankOf(kind) >= strongest) };
}

/** Step-up: the password counts only where there is no factor. */
function challengeStalePassword(facts: Facts, requirement: Requirement, now: number): Decision | null {
  return hasFactor(facts) ? null : stalePassword(facts, requirement, now);
}

function stalePassword(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (requirement.kind !== 'step-up') return null;
  const provenAt = latestProof(facts.session?.evidence ?? [], isDatedFirstFactor);
  const since = requirement.passwordSince ?? Number.NEGATIVE_INFINITY;
  const again = provenAt !== null && provenAt > since;
  if (again && isFresh(provenAt, requirement.maxAgeSeconds, now)) return null;
  if (!facts.hasPassword) return { outcome: 'sign-in', because: 'session-expired' };
  return { outcome: 'challenge', because: 'authentication-too-old', anyOf: [], password: true };
}

/** A session that the host began is dated by when it was first seen, which says nothing about its proof. */
function isDatedFirstFactor(evidence: Evidence): boolean {
  return isFirstFactor(evidence) && evidence.method !== 'host';
}

function isFresh(provenAt: number | null, maxAgeSeconds: number, now: number): boolean {
  return provenAt !== null && now - provenAt < maxAgeSeconds * 1000;
}

function allowSatisfied(facts: Facts, requirement: Requirement): Decision | null {
  return requirement.kind === 'step-up' || isProven(facts)
    ? { outcome: 'allow', because: 'satisfied' }
    : null;
}

function allowNotEnrolled(): Decision {
  return { outcome: 'allow', because: 'not-enrolled-optional' };
}
