import { asStepUp } from '../core/as-step-up';
import { decide } from '../core/decide';
import type { Decision } from '../core/decide';
import type { Account } from '../ports';
import type { Bearer } from './bearer';
import type { FlowContext, Origin } from './context';
import { gatherSetupFacts } from './gather-setup-facts';
import type { FindAdministered, GatheredForSetup } from './gather-setup-facts';
import { reproofRequirement } from './may-enroll';
import type { TooManyChanges } from './spend-change';

/** Who asks to change their own factors, and from where. */
export interface FactorAct {
  readonly account: Account;
  readonly bearer: Bearer;
  readonly origin: Origin;
  readonly findAdministered?: FindAdministered;
}

/** A proof is needed first, or the session is over, or there is nothing to set here. */
export type SettingsRefused =
  { readonly outcome: 'refused'; readonly decision: Decision } | { readonly outcome: 'feature-off' };

/** Why a change of factors was not made. */
export type ChangeRefused =
  | SettingsRefused
  | { readonly outcome: 'rejected'; readonly because: 'no-authenticator' | 'last-factor' | 'no-factor' }
  | TooManyChanges;

export type ChangeLeave =
  { readonly outcome: 'may-change'; readonly gathered: GatheredForSetup } | SettingsRefused;

/** Whether the settings may be seen: in a session that the policy lets through, where the organization has MFA at all. */
export function judgeSettings(
  { standing }: Bearer,
  { facts, setup, now }: GatheredForSetup,
): SettingsRefused | null {
  const decision = decide(facts, { kind: 'policy' }, now);
  const over: Decision = { outcome: 'sign-in', because: 'no-session' };
  if (standing === 'pending')
    return { outcome: 'refused', decision: decision.outcome === 'allow' ? over : decision };
  if (decision.outcome === 'sign-in') return { outcome: 'refused', decision };
  if (setup === null) return { outcome: 'feature-off' };
  const open = decision.outcome === 'allow' || (decision.outcome === 'enroll' && decision.skippable);
  return open ? null : { outcome: 'refused', decision };
}

/** Whether a factor may be changed now: after a proof by the strongest one, no older than ten minutes. */
export async function mayChangeFactors(context: FlowContext, act: FactorAct): Promise<ChangeLeave> {
  const { bearer } = act;
  const gathered = await gatherSetupFacts(context, act);
  const refused = judgeSettings(bearer, gathered);
  if (refused !== null) return refused;
  const { facts, setup, now } = gathered;
  const decision = decide(setup ?? facts, reproofRequirement(bearer, gathered), now);
  // Enrollment that is due comes after the proof: what there is may be changed before.
  if (decision.outcome === 'allow' || decision.outcome === 'enroll')
    return { outcome: 'may-change', gathered };
  return { outcome: 'refused', decision: asStepUp(decision) };
}
