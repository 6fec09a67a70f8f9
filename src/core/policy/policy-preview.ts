import { addEvidence, type Evidence } from '../decision/assurance';
import { decide } from '../decision/decide';
import type { Decision, Facts } from '../decision/decision';
import { channelOf } from '../member/factor-kind';

/** The effect of a policy on one person at the next request. */
export type PolicyEffect =
  | 'proves'
  /** Has no factor and must enroll one to continue. */
  | 'enrolls'
  | 'in-grace'
  | 'exempt'
  | 'federated'
  /** Would be blocked, with no way to enroll. */
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

/** Uses the same `decide` as every request, so a preview always matches what happens. */
export function previewEffect(facts: Facts, now: number): PolicyEffect {
  const signedIn = withEvidence(facts, [{ method: facts.federated ? 'federated' : 'password', at: now }]);
  const decision = decide(signedIn, { kind: 'policy' }, now);
  if (decision.outcome === 'challenge') return afterProof(signedIn, decision, now);
  return effectOf(signedIn, decision);
}

/** A person who can prove a factor may still be blocked after that. */
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
  // If a stronger method is required, a person in the grace period does not have it yet.
  return effect === 'in-grace' && facts.policy.strength === 'any' ? 'proves' : effect;
}

function effectOf(facts: Facts, decision: Decision): PolicyEffect {
  switch (decision.outcome) {
    case 'challenge':
      return 'proves';
    case 'enroll':
      if (decision.skippable) return 'in-grace';
      // A code by email needs a verified address on file. Without one, email cannot be enrolled.
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
