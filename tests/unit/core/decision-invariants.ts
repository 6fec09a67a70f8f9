import type { Decision, Option, Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { NOW } from './decision-facts';
import {
  asksForKey,
  assignedAddress,
  graceHolds,
  hasEnrolled,
  hasFreshFactor,
  hasFreshFirstFactor,
  hasFreshRecovery,
  hasKey,
  hasStrongestFactor,
  isAnsweredElsewhere,
  isExempt,
  isKeyProven,
  isLive,
  isLocked,
  isMultiFactor,
  isOwn,
  isPolicyOn,
  isProvenUpstream,
  isRemembered,
  isReplacingKey,
  isSpent,
  stepsUp,
} from './decision-premises';

/** A sentence that holds for every decision; `holds` is false where one breaks it. */
export interface Invariant {
  readonly sentence: string;
  readonly holds: (facts: Facts, requirement: Requirement, decision: Decision) => boolean;
}

export const INVARIANTS: readonly Invariant[] = [
  {
    sentence: 'sends everybody without a live session to sign in, and nobody is let through',
    holds: ({ session }, _requirement, { outcome, because }) => {
      if (session?.phase === 'live') return true;
      const reason = session === null ? 'no-session' : `session-${session.phase}`;
      return outcome === 'sign-in' && because === reason;
    },
  },
  {
    sentence: 'lets a live session through where the policy is off, and says so only there',
    holds: (facts, requirement, { because }) =>
      !isLive(facts) || stepsUp(requirement) || (because === 'policy-off') === !isPolicyOn(facts),
  },
  {
    sentence:
      'shows a page to an enrolled person only after two factors, here or at a provider, on a remembered browser, or by an exemption',
    holds: (facts, requirement, { outcome, because }) => {
      if (outcome !== 'allow' || stepsUp(requirement) || !isPolicyOn(facts) || !hasEnrolled(facts))
        return true;
      if (isMultiFactor(facts) || isRemembered(facts) || isProvenUpstream(facts))
        return ['satisfied', 'skipped', 'exempt'].includes(because);
      return because === 'exempt' && isExempt(facts);
    },
  },
  {
    sentence:
      'asks an enrolled person to enroll only after two factors, whatever kind the first authenticator is of',
    holds: (facts, _requirement, { outcome }) =>
      outcome !== 'enroll' ||
      !(hasEnrolled(facts) || assignedAddress(facts) !== null) ||
      isMultiFactor(facts),
  },
  {
    sentence:
      'makes an enrolled person enroll only after a proof of the strongest factor, or of a recovery code in its place',
    holds: (facts, _requirement, decision) =>
      decision.outcome !== 'enroll' ||
      decision.skippable ||
      !(hasEnrolled(facts) || assignedAddress(facts) !== null) ||
      isReplacingKey(facts) ||
      hasStrongestFactor(facts),
  },
  {
    sentence: 'asks an enrolled person to enroll for a step-up only after a fresh proof',
    holds: (facts, requirement, { outcome }) =>
      outcome !== 'enroll' ||
      !stepsUp(requirement) ||
      !hasEnrolled(facts) ||
      hasFreshRecovery(facts, requirement) ||
      hasFreshFactor(facts, requirement),
  },
  {
    sentence:
      'allows a step-up by a fresh proof alone, of the strongest factor or of a password where there is none',
    holds: (facts, requirement, { outcome, because }) => {
      if (outcome !== 'allow' || !stepsUp(requirement)) return true;
      if (!isPolicyOn(facts)) return because === 'policy-off' && hasFreshFirstFactor(facts, requirement);
      if (because !== 'satisfied') return false;
      if (hasEnrolled(facts) || assignedAddress(facts) !== null) return hasFreshFactor(facts, requirement);
      return hasFreshFirstFactor(facts, requirement);
    },
  },
  {
    sentence:
      'offers a skip only where enrollment is optional, or required with grace left, and to nobody switched on',
    holds: (facts, requirement, decision) => {
      if (decision.outcome !== 'enroll') return true;
      if (!decision.skippable) return decision.because === 'required';
      const { policy, member } = facts;
      const mayPutOff = policy.enrollment !== 'assigned' && !member.enabled && graceHolds(facts);
      return mayPutOff && decision.because === 'offered' && !stepsUp(requirement);
    },
  },
  {
    sentence: 'says how long enrollment may be put off, as the policy has it',
    holds: ({ policy, member }, _requirement, decision) => {
      if (decision.outcome !== 'enroll' || !decision.skippable) return true;
      const left = policy.skips === null ? undefined : policy.skips - member.skipsUsed;
      return decision.skipsLeft === left && (decision.graceUntil ?? null) === policy.graceUntil;
    },
  },
  {
    sentence: 'lets a skip count only before the end of the grace period',
    holds: ({ policy, session }, _requirement, { because }) =>
      because !== 'skipped' ||
      (session?.skipped === true && (policy.graceUntil === null || NOW < policy.graceUntil)),
  },
  {
    sentence:
      'refuses a person whose records are gone, unless exempt or answered for by the identity provider',
    holds: (facts, requirement, { outcome, because }) => {
      if (!facts.enrolledBefore || hasEnrolled(facts) || !isPolicyOn(facts) || !isLive(facts)) return true;
      if (!stepsUp(requirement) && isExempt(facts)) return outcome === 'allow';
      if (!stepsUp(requirement) && isAnsweredElsewhere(facts)) return because === 'federated';
      return outcome === 'deny' && because === 'records-unavailable';
    },
  },
  {
    sentence: 'asks nobody to enroll where no policy that is on says so',
    holds: ({ policy }, _requirement, { outcome }) => outcome !== 'enroll' || policy.enabled,
  },
  {
    sentence: 'asks for enrollment where it is required, due and not done',
    holds: (facts, requirement, { outcome }) => {
      if (!facts.policy.enabled) return true;
      const due = facts.member.enabled || (facts.policy.enrollment === 'required' && !graceHolds(facts));
      if (!due || !isPolicyOn(facts) || !isLive(facts) || stepsUp(requirement)) return true;
      if (hasEnrolled(facts) || assignedAddress(facts) !== null || isExempt(facts)) return true;
      if (isAnsweredElsewhere(facts) || isProvenUpstream(facts)) return true;
      // A skip that was counted in this session holds to its end, or to that of the grace period.
      if (facts.session?.skipped === true && !facts.member.enabled && outcome === 'allow') return true;
      return outcome === 'enroll' || outcome === 'deny';
    },
  },
  {
    sentence:
      'never challenges without a way to answer, except for the password of a person who has no factor',
    holds: (facts, requirement, decision) => {
      if (decision.outcome === 'enroll') return decision.anyOf.length > 0;
      if (decision.outcome !== 'challenge') return true;
      if (decision.password !== true) return decision.anyOf.length > 0;
      const asksFactor = isPolicyOn(facts) && hasEnrolled(facts);
      return decision.anyOf.length === 0 && stepsUp(requirement) && facts.hasPassword && !asksFactor;
    },
  },
  {
    sentence: 'challenges only with what the person has, each once',
    holds: (facts, _requirement, decision) => {
      if (decision.outcome !== 'challenge') return true;
      const ids = decision.anyOf.map(({ authenticatorId }) => authenticatorId);
      return decision.anyOf.every((option) => isOwn(facts, option)) && new Set(ids).size === ids.length;
    },
  },
  {
    sentence:
      'takes no code from the address through which the first factor came, and says so where nothing else is left',
    holds: (facts, _requirement, decision) => {
      if (decision.because === 'same-channel') return facts.spentChannels.length > 0;
      if (decision.outcome !== 'challenge') return true;
      return !decision.anyOf.some(({ authenticatorId }) => isSpent(facts, authenticatorId));
    },
  },
  {
    sentence: 'never offers what is locked',
    holds: (facts, _requirement, decision) => {
      if (decision.outcome !== 'challenge') return true;
      const isRefused = ({ kind }: Option) =>
        isLocked(kind === 'recovery-code' ? facts.recoveryCodesLockedUntil : facts.codesLockedUntil);
      return !decision.anyOf.some(isRefused);
    },
  },
  {
    sentence: 'offers a kind that the policy forbids only to people who have no allowed one that works',
    holds: (facts, _requirement, decision) => {
      if (decision.outcome !== 'challenge') return true;
      const { authenticators, policy, availableKinds } = facts;
      const allowed = policy.methods.filter((kind) => availableKinds.includes(kind));
      const works = authenticators.some(
        ({ id, kind, usable }) => usable && allowed.includes(kind) && !isSpent(facts, id),
      );
      if (asksForKey(facts) && decision.anyOf.every(({ kind }) => kind === 'key' || kind === 'recovery-code'))
        return true;
      return !works || decision.anyOf.every(({ kind }) => kind === 'recovery-code' || allowed.includes(kind));
    },
  },
  {
    sentence: 'says how long a lock lasts, and only where a lock is in the way',
    holds: (facts, _requirement, decision) => {
      if (decision.outcome !== 'deny' || decision.because !== 'locked') return true;
      const locks = [facts.codesLockedUntil, facts.recoveryCodesLockedUntil].filter((until) =>
        isLocked(until),
      );
      return locks.includes(decision.lockedUntil ?? null);
    },
  },
  {
    sentence: 'enrolls only kinds that the policy allows and the host can do',
    holds: ({ policy, availableKinds }, _requirement, decision) =>
      decision.outcome !== 'enroll' ||
      decision.anyOf.every((kind) => policy.methods.includes(kind) && availableKinds.includes(kind)),
  },
  {
    sentence:
      'trusts the identity provider only for a page, in a session of its own, with nothing enrolled here',
    holds: (facts, requirement, { outcome, because }) =>
      because !== 'federated' ||
      (outcome === 'allow' && !stepsUp(requirement) && isAnsweredElsewhere(facts) && !hasEnrolled(facts)),
  },
  {
    sentence: 'lets an exemption count only for a page and only until its end',
    holds: (facts, requirement, { because }) =>
      because !== 'exempt' || (isExempt(facts) && !stepsUp(requirement)),
  },
  {
    sentence: 'lets nobody with a key through without it where phishing resistance is asked for',
    holds: (facts, _requirement, { outcome, because }) =>
      outcome !== 'allow' ||
      !asksForKey(facts) ||
      !hasKey(facts) ||
      isKeyProven(facts) ||
      because === 'exempt' ||
      because === 'policy-off',
  },
  {
    sentence: 'lets nobody pass a route that asks for phishing resistance without a fresh proof of a key',
    holds: (facts, requirement, { outcome }) =>
      outcome !== 'allow' ||
      requirement.kind !== 'step-up' ||
      requirement.strength !== 'phishing-resistant' ||
      (hasKey(facts) && isKeyProven(facts) && hasFreshFactor(facts, requirement)),
  },
  {
    sentence:
      'leads a person who has another factor to a key where it is required, once that factor is proven',
    holds: (facts, requirement, decision) => {
      const { enrollment } = facts.policy;
      const due = facts.member.enabled || (enrollment === 'required' && !graceHolds(facts));
      if (!asksForKey(facts) || !due || hasKey(facts) || stepsUp(requirement)) return true;
      if (!facts.policy.enabled || !isPolicyOn(facts) || !isLive(facts) || isExempt(facts)) return true;
      if (!hasEnrolled(facts) || !hasStrongestFactor(facts) || !isMultiFactor(facts)) return true;
      // A skip that was counted in this session holds to its end, or to that of the grace period.
      if (decision.because === 'skipped') return !facts.member.enabled;
      return decision.outcome === 'deny' || (decision.outcome === 'enroll' && !decision.skippable);
    },
  },
  {
    sentence: 'enrolls only keys where phishing resistance is asked for',
    holds: (facts, _requirement, decision) =>
      decision.outcome !== 'enroll' || !asksForKey(facts) || decision.anyOf.every((kind) => kind === 'key'),
  },
  {
    sentence: 'calls nobody unenrolled who has a factor',
    holds: (facts, _requirement, { because }) =>
      because !== 'not-enrolled-optional' || (!hasEnrolled(facts) && assignedAddress(facts) === null),
  },
  {
    sentence: 'challenges for a page only people who have a factor',
    holds: (facts, requirement, { outcome }) =>
      outcome !== 'challenge' ||
      stepsUp(requirement) ||
      hasEnrolled(facts) ||
      assignedAddress(facts) !== null,
  },
];
