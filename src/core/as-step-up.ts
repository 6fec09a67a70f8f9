import type { Decision } from './decision';

/**
 * For a session that the policy lets go on, such as an exempt person's: the challenge page would send it straight back. What a
 * route asks beyond the policy is proven on the step-up page.
 */
export function asStepUp(decision: Decision): Decision {
  return decision.outcome === 'challenge' ? { ...decision, because: 'authentication-too-old' } : decision;
}
