import { addEvidence, type Evidence } from '../decision/assurance';
import { decide } from '../decision/decide';
import type { Decision, Facts } from '../decision/decision';
import { channelOf } from '../member/factor-kind';

/** What a policy would mean for one person at the next request. */
export type PolicyEffect =
  /** Has a factor, and is asked to prove it. */
  | 'proves'
  /** Has none, and cannot go on without enrolling one. */
  | 'enrolls'
  /** Is asked to enroll and may put it off. */
  | 'in-grace'
  | 'exempt'
  | 'federated'
  /** Would be stopped, and has no way to enroll. */
  | 'no-way'
  | 'not-asked';

export const POLICY_EFFECTS: readonly PolicyEffect[] = [
  'proves',
  'enrolls',
  'in-grace',
  'exempt',
  'federated',
  'no-way',
  'not-asked',
];

/**
 * What the policy in `facts` means for a person who signs in with the first factor now. It asks the one decision that
 * every request asks, so a preview cannot promise anything else than what happens.
 */
export function previewEffect(facts: Facts, now: number): PolicyEffect {
  const arriving = withEvidence(facts, [{ method: facts.federated ? 'federated' : 'password', at: now }]);
  const decision = decide(arriving, { kind: 'policy' }, now);
  if (decision.outcome === 'challenge') return afterProof(arriving, decision, now);
  return effectOf(arriving, decision);
}

/** Somebody who can prove a factor may still be stopped behind it. */
function afterProof(
  facts: Facts,
  challenge: Decision & { readonly outcome: 'challenge' },
  now: number,
): PolicyEffect {
  const [option] = challenge.anyOf;
  if (option === undefined) return 'no-way';
  const proof: Evidence = { method: option.kind, authenticatorId: option.authenticatorId, at: now };
  const proven = withEvidence(facts, addEvidence(facts.session?.evidence ?? [], proof));
  const next = decide(proven, { kind: 'policy' }, now);
  const effect = next.outcome === 'enroll' || next.outcome === 'deny' ? effectOf(proven, next) : 'proves';
  // In a grace period for a stronger method, the person does not have that method yet.
  return effect === 'in-grace' && facts.policy.strength === 'any' ? 'proves' : effect;
}

function effectOf(facts: Facts, decision: Decision): PolicyEffect {
  switch (decision.outcome) {
    case 'challenge':
      return 'proves';
    case 'enroll':
      if (decision.skippable) return 'in-grace';
      // A code by email goes to the verified address on file; without one there is nothing to enroll it with.
      return !facts.onFile.email && decision.anyOf.every((kind) => channelOf(facts.factors, kind) === 'email')
        ? 'no-way'
        : 'enrolls';
    case 'deny':
      return decision.because === 'locked' ? 'proves' : 'no-way';
    case 'allow':
      return decision.because === 'federated' || decision.because === 'exempt'
        ? decision.because
        : 'not-asked';
    case 'sign-in':
      return 'not-asked';
  }
}

function withEvidence(facts: Facts, evidence: readonly Evidence[]): Facts {
  return { ...facts, session: { phase: 'live', evidence, skipped: false } };
}
