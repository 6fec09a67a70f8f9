import { demandsResistance } from './counted-evidence';
import type { Decision, Facts, Requirement } from './decision';
import { RULES } from './decision-rules';

export type { Requirement, Option, AllowReason, Decision } from './decision';

/** One rule's name and what it says: a decision, or nothing to say. */
export interface Verdict {
  readonly rule: string;
  readonly decision: Decision | null;
}

const POLICY: Requirement = { kind: 'policy' };

/**
 * The one answer to "may this go on?". Every login, page and step-up asks it; nothing else may conclude "done".
 * The first rule with something to say wins.
 */
export function decide(facts: Facts, requirement: Requirement = POLICY, now: number): Decision {
  const judged = withStrength(facts, requirement);
  for (const rule of RULES) {
    const decision = rule.judge(judged, requirement, now);
    if (decision !== null) return decision;
  }
  return { outcome: 'deny', because: 'no-usable-factor' };
}

/** What every rule says, whether or not an earlier one decided: for support, tests and the preview of a policy. */
export function explain(facts: Facts, requirement: Requirement, now: number): readonly Verdict[] {
  const judged = withStrength(facts, requirement);
  return RULES.map(({ name, judge }) => ({ rule: name, decision: judge(judged, requirement, now) }));
}

/** The stronger of what the route and a policy that is on ask for. */
function withStrength(facts: Facts, requirement: Requirement): Facts {
  const { policy } = facts;
  const asked = demandsResistance(requirement)
    ? 'phishing-resistant'
    : policy.enabled
      ? policy.strength
      : 'any';
  return asked === policy.strength ? facts : { ...facts, policy: { ...policy, strength: asked } };
}

/**
 * For a session that the policy lets go on, such as an exempt person's: the challenge page would send it straight back. What a
 * route asks beyond the policy is proven on the step-up page.
 */
export function asStepUp(decision: Decision): Decision {
  return decision.outcome === 'challenge' ? { ...decision, because: 'authentication-too-old' } : decision;
}
