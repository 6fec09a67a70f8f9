import { isRecent } from '../clock';
import type { FactorKind } from '../member/factor-kind';
import { isExempt } from '../member/member';
import { deriveGrace, doesSkipHold } from '../policy/policy';
import { latestProof } from './assurance';
import {
  asksForResistance,
  backupProvenAt,
  demandsResistance,
  isBackup,
  isMultiFactor,
  isProven,
  isResistantProven,
  isStrongestProven,
  strongestProofAt,
} from './counted-evidence';
import type { Decision, Facts, Requirement } from './decision';
import { isProvenUpstream } from './upstream-proof';
import {
  challengeOptions,
  enrollableKinds,
  hasFactor,
  hasResistantFactor,
  hasWantedFactor,
  isResistant,
  provableFactors,
  rankOf,
  strongestRank,
} from './usable-factors';

export interface Rule {
  readonly name: string;
  readonly judge: (facts: Facts, requirement: Requirement, now: number) => Decision | null;
}

/** The order matters: the first rule that returns a decision wins. */
export const RULES: readonly Rule[] = [
  { name: 'session-must-be-live', judge: requireLiveSession },
  { name: 'policy-off', judge: allowWithoutPolicy },
  { name: 'federated', judge: allowFederated },
  { name: 'exempt', judge: allowExempt },
  { name: 'records-must-not-be-missing', judge: denyMissingRecords },
  { name: 'phishing-resistant-factor-must-be-proven', judge: challengeResistantFactor },
  { name: 'factor-must-be-proven', judge: challengeFactor },
  { name: 'factor-proof-must-be-fresh', judge: challengeStaleFactor },
  { name: 'wanted-factor-must-exist', judge: enrollWantedFactor },
  { name: 'password-must-be-fresh', judge: challengeStalePassword },
  { name: 'factor-proven', judge: allowSatisfied },
  { name: 'no-factor-asked', judge: allowNotEnrolled },
];

function requireLiveSession({ session }: Facts): Decision | null {
  if (session === null) return { outcome: 'sign-in', because: 'no-session' };
  if (session.phase === 'ended') return { outcome: 'sign-in', because: 'session-ended' };
  if (session.phase === 'expired') return { outcome: 'sign-in', because: 'session-expired' };
  return null;
}

function isPolicyOff(facts: Facts): boolean {
  return !facts.featureAvailable || (!facts.policy.enabled && !isPolicyLost(facts));
}

/**
 * MFA is off only if it was saved as off. If no policy is saved but the person has a factor, the policy under which they enrolled
 * may be lost. The factor is still required, so that losing the policy does not turn off protection.
 */
function isPolicyLost(facts: Facts): boolean {
  const { policy, authenticators, enrolledBefore, onFileProven } = facts;
  if (policy.version > 0) return false;
  return authenticators.length > 0 || enrolledBefore || (onFileProven && hasFactor(facts));
}

function allowWithoutPolicy(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (!isPolicyOff(facts)) return null;
  // Nobody can enroll while MFA is off, and a password is not what the route requires.
  if (demandsResistance(requirement)) return { outcome: 'deny', because: 'no-usable-factor' };
  return stalePassword(facts, requirement, now) ?? { outcome: 'allow', because: 'policy-off' };
}

/** The identity provider is responsible for sessions that it started. A password entered here is a login like any other. */
function allowFederated(facts: Facts, requirement: Requirement): Decision | null {
  if (requirement.kind === 'step-up' || !facts.federated) return null;
  const external = facts.session?.evidence.some(({ method }) => method === 'federated' || method === 'host');
  const providerAnswers =
    external === true && facts.authenticators.length === 0 && !facts.policy.challengeFederated;
  return providerAnswers ? { outcome: 'allow', because: 'federated' } : null;
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

/** A recovery code can replace a lost phishing-resistant factor, but only allows the person to enroll another. */
function challengeResistantFactor(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (!asksForResistance(facts) || !hasResistantFactor(facts) || isResistantProven(facts)) return null;
  const backupAt = backupProvenAt(facts, now);
  const isStepUp = requirement.kind === 'step-up';
  if (isStepUp ? isFresh(backupAt, requirement.maxAgeSeconds, now) : backupAt !== null)
    return enroll(facts, requirement);
  return challenge(
    facts,
    'assurance-too-low',
    now,
    (kind) => isResistant(facts, kind) || (!isStepUp && isBackup(facts, kind)),
  );
}

function enroll(facts: Facts, requirement: Requirement): Decision {
  const anyOf = facts.policy.enabled ? enrollableKinds(facts) : [];
  if (anyOf.length === 0) return { outcome: 'deny', because: 'no-usable-factor' };
  const byRoute = demandsResistance(requirement) ? { byRoute: true as const } : {};
  return { outcome: 'enroll', because: 'required', anyOf, skippable: false, ...byRoute };
}

function challengeFactor(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (!hasFactor(facts) || isProven(facts)) return null;
  // If enrollment is due, ask for the strongest factor right away: the next decision would require it.
  const rank = isEnrollmentDue(facts, now) ? strongestRank(facts) : 0;
  return challenge(facts, 'assurance-too-low', now, atLeast(facts, rank));
}

type ChallengeReason = (Decision & { outcome: 'challenge' })['because'];

function atLeast({ factors }: Facts, rank: number): (kind: FactorKind) => boolean {
  return (kind) => rankOf(factors, kind) >= rank;
}

function challenge(
  facts: Facts,
  because: ChallengeReason,
  now: number,
  isEnough: (kind: FactorKind) => boolean = () => true,
): Decision {
  const optionsAt = (known: Facts, at: number) =>
    challengeOptions(known, at).filter(({ kind }) => isEnough(kind));
  const anyOf = optionsAt(facts, now);
  if (anyOf.length > 0) return { outcome: 'challenge', because, anyOf };
  // Report a lock only if an option becomes available when it ends.
  const ends = [facts.codesLockedUntil, facts.recoveryCodesLockedUntil].filter(
    (until) => until !== null && now < until && optionsAt(facts, until).length > 0,
  );
  if (ends.length > 0)
    return { outcome: 'deny', because: 'locked', lockedUntil: Math.min(...ends.map(Number)) };
  if (optionsAt({ ...facts, spentChannels: [] }, now).length > 0)
    return { outcome: 'deny', because: 'same-channel' };
  const isWeakerLeft = provableFactors(facts).length > 0;
  return { outcome: 'deny', because: isWeakerLeft ? 'strongest-unusable' : 'no-usable-factor' };
}

function enrollWantedFactor(facts: Facts, requirement: Requirement, now: number): Decision | null {
  const { policy, member } = facts;
  if (demandsResistance(requirement) && !hasResistantFactor(facts))
    return demandStrongest(facts, now) ?? enroll(facts, requirement);
  // A lost policy requires existing factors, but no new ones.
  if (!policy.enabled || hasWantedFactor(facts)) return null;
  if (requirement.kind === 'policy' && isProvenUpstream(facts)) return null;
  const anyOf = enrollableKinds(facts);
  const isAsked = member.enabled || policy.enrollment !== 'assigned';
  if (!isAsked && requirement.kind === 'policy') return null;
  const grace = deriveGrace(policy, member, now);
  // A step-up accepts the password of a person who need not enroll yet. A person without a password needs a factor.
  const mayPostpone = !isAsked || grace.skippable;
  if (requirement.kind === 'step-up' && mayPostpone && (hasFactor(facts) || facts.hasPassword)) return null;
  const skipped = facts.session?.skipped === true && doesSkipHold(policy, member, now);
  if (requirement.kind === 'policy' && skipped) return { outcome: 'allow', because: 'skipped' };
  if (anyOf.length === 0) return grace.skippable ? null : { outcome: 'deny', because: 'no-usable-factor' };
  if (requirement.kind === 'step-up' || !grace.skippable) {
    return demandStrongest(facts, now) ?? { outcome: 'enroll', because: 'required', anyOf, skippable: false };
  }
  // A remembered browser is enough to see pages, but not to add a factor.
  if (hasFactor(facts) && !isMultiFactor(facts)) return challenge(facts, 'assurance-too-low', now);
  return { outcome: 'enroll', because: 'offered', anyOf, ...grace };
}

function isEnrollmentDue(facts: Facts, now: number): boolean {
  const { policy, member } = facts;
  if (!policy.enabled || hasWantedFactor(facts) || enrollableKinds(facts).length === 0) return false;
  const isAsked = member.enabled || policy.enrollment !== 'assigned';
  return isAsked && !deriveGrace(policy, member, now).skippable;
}

/** A weaker proof must not add another factor. Null if there is nothing left to prove. */
export function demandStrongest(facts: Facts, now: number): Decision | null {
  if (!hasFactor(facts) || isStrongestProven(facts)) return null;
  return challenge(facts, 'assurance-too-low', now, atLeast(facts, strongestRank(facts)));
}

/** Step-up: only the newest proof of the strongest factor counts, never a remembered browser. */
function challengeStaleFactor(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (requirement.kind !== 'step-up' || !hasFactor(facts)) return null;
  if (isFresh(strongestProofAt(facts, now), requirement.maxAgeSeconds, now)) return null;
  return challenge(facts, 'authentication-too-old', now, atLeast(facts, strongestRank(facts)));
}

/** Step-up: the password counts only if the person has no factor. */
function challengeStalePassword(facts: Facts, requirement: Requirement, now: number): Decision | null {
  return hasFactor(facts) ? null : stalePassword(facts, requirement, now);
}

function stalePassword(facts: Facts, requirement: Requirement, now: number): Decision | null {
  if (requirement.kind !== 'step-up') return null;
  if (isFirstFactorFresh(facts, requirement, now)) return null;
  if (!facts.hasPassword) return { outcome: 'sign-in', because: 'sign-in-too-old' };
  return { outcome: 'challenge', because: 'authentication-too-old', anyOf: [], password: true };
}

type StepUp = Requirement & { readonly kind: 'step-up' };

function isFirstFactorFresh({ session, hasPassword }: Facts, requirement: StepUp, now: number): boolean {
  const { maxAgeSeconds, passwordSince = Number.NEGATIVE_INFINITY, signInCounts } = requirement;
  const evidence = session?.evidence ?? [];
  const passwordAt = latestProof(evidence, ({ method }) => method === 'password', now);
  if (passwordAt !== null && passwordAt > passwordSince && isFresh(passwordAt, maxAgeSeconds, now))
    return true;
  // A host session that we did not see begin is dated by when we noticed it. That says nothing about when the person signed in.
  const signInAt = latestProof(evidence, ({ seen }) => seen === true, now);
  return (signInCounts === true || !hasPassword) && isFresh(signInAt, maxAgeSeconds, now);
}

function isFresh(provenAt: number | null, maxAgeSeconds: number, now: number): boolean {
  return provenAt !== null && isRecent(provenAt, maxAgeSeconds, now);
}

function allowSatisfied(facts: Facts, requirement: Requirement): Decision | null {
  return requirement.kind === 'step-up' || isProven(facts)
    ? { outcome: 'allow', because: 'satisfied' }
    : null;
}

function allowNotEnrolled(): Decision {
  return { outcome: 'allow', because: 'not-enrolled-optional' };
}
