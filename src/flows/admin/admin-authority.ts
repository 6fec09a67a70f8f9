import { decide } from '../../core/decide';
import type { Decision, Requirement } from '../../core/decide';
import { hasFactor } from '../../core/usable-factors';
import type { Bearer } from '../bearer';
import type { FlowContext } from '../context';
import type { Gathered } from '../gather-facts';
import { reproofRequirement } from '../may-enroll';

export type AdminAuthority =
  | {
      readonly outcome: 'may';
      /** False: lead the person to "Configure my MFA". */
      readonly hasFactor: boolean;
    }
  /** `challenge` leads to the step-up page, `enroll` to the wizard, `sign-in` to the login page. */
  | { readonly outcome: 'refused'; readonly decision: Exclude<Decision, { outcome: 'allow' }> };

/**
 * Whether this person may look at, or change, what they administer. Which organizations those are is the host's to say and is
 * checked apart from this.
 *
 * Looking needs a session in which a second factor was proven, where the person has one, whatever the policy says of
 * others. Changing needs a proof by the strongest factor in the last ten minutes, or the password given again where
 * there is no factor. A remembered browser is no proof for either.
 */
export function judgeAdministrator(
  _context: FlowContext,
  asked: { readonly bearer: Bearer; readonly gathered: Gathered; readonly act: 'read' | 'change' },
): AdminAuthority {
  const { bearer, gathered, act } = asked;
  const { facts, now } = gathered;
  if (bearer.standing !== 'session')
    return { outcome: 'refused', decision: { outcome: 'sign-in', because: 'no-session' } };
  const standing = decide(facts, { kind: 'policy' }, now);
  if (standing.outcome !== 'allow') return { outcome: 'refused', decision: standing };
  const enrolled = hasFactor(facts);
  if (act === 'read' && !enrolled) return { outcome: 'may', hasFactor: false };
  const requirement: Requirement =
    act === 'read'
      ? { kind: 'step-up', maxAgeSeconds: Number.POSITIVE_INFINITY }
      : reproofRequirement(bearer, gathered);
  const decision = decide(facts, requirement, now);
  if (decision.outcome === 'enroll' && !enrolled && facts.hasPassword) {
    // Nothing but the password can be proven, and the policy lets this person wait: it is given again.
    const again = decide({ ...facts, featureAvailable: false }, requirement, now);
    return again.outcome === 'allow'
      ? { outcome: 'may', hasFactor: false }
      : { outcome: 'refused', decision: again };
  }
  return decision.outcome === 'allow'
    ? { outcome: 'may', hasFactor: enrolled }
    : { outcome: 'refused', decision };
}
