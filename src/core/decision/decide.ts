import { demandsResistance } from './counted-evidence';
import type { Decision, Facts, Requirement } from './decision';
import { RULES } from './decision-rules';

export type { Requirement, Option, AllowReason, Decision } from './decision';

/** The name of a rule and its decision, or null if the rule does not apply. */
export interface Verdict {
  readonly rule: string;
  readonly decision: Decision | null;
}

const POLICY: Requirement = { kind: 'policy' };

/**
 * Decides whether a request may continue. Every login, page and step-up calls it; no other code may conclude that a request is
 * allowed. The first rule that returns a decision wins.
 */
export function decide(facts: Facts, requirement: Requirement = POLICY, now: number): Decision {
  const judged = withStrength(facts, requirement);
  for (const rule of RULES) {
    const decision = rule.judge(judged, requirement, now);
    if (decision !== null) return decision;
  }
  return { outcome: 'deny', because: 'no-usable-factor' };
}

/** What every rule returns, even after the first decision: for support, tests and the preview of a policy. */
export function explain(facts: Facts, requirement: Requirement, now: number): readonly Verdict[] {
  const judged = withStrength(facts, requirement);
  return RULES.map(({ name, judge }) => ({ rule: name, decision: judge(judged, requirement, now) }));
}

function withStrength(facts: Facts, requirement: Requirement): Facts {
  const { policy } = facts;
  const strength = demandsResistance(requirement)
    ? 'phishing-resistant'
    : policy.enabled
      ? policy.strength
      : 'any';
  return strength === policy.strength ? facts : { ...facts, policy: { ...policy, strength } };
}

/** For a session that the policy already allows: the challenge page would redirect it straight back. */
export function asStepUp(decision: Decision): Decision {
  return decision.outcome === 'challenge' ? { ...decision, because: 'authentication-too-old' } : decision;
}
