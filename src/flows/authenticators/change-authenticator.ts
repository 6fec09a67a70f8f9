import { asStepUp, decide, type Decision } from '../../core/decision/decide';
import { mayRemoveFactor } from '../../core/member/authenticator';
import type { Account } from '../../options/ports';
import type { AuthSubject, FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { gatherSetupFacts, type FindAdministered, type GatheredForSetup } from '../context/judge-access';
import { reproofRequirement } from '../enrollment/authorize-enrollment';
import { spendChange, type TooManyChanges } from '../enrollment/enroll';
import { afterFactorChange, type FactorChanged } from './after-factor-change';

export type Removal =
  | ({ readonly outcome: 'removed'; readonly label: string; readonly gathered: Gathered } & FactorChanged)
  | ChangeRefused;

/** Removes one of the person's own authenticators. Another person's has the same outcome as an unknown one. */
export async function removeAuthenticator(
  context: FlowContext,
  act: FactorAct & { readonly authenticatorId: string; readonly endOthers: boolean },
): Promise<Removal> {
  const { account, subject, origin, authenticatorId, endOthers } = act;
  const permission = await mayChangeFactors(context, act);
  if (permission.outcome !== 'may-change') return permission;
  const { gathered } = permission;
  const { member, facts } = gathered;
  const authenticator = member.authenticators.find(({ id }) => id === authenticatorId);
  if (authenticator === undefined) return { outcome: 'rejected', because: 'no-authenticator' };
  const removal = mayRemoveFactor(facts, authenticatorId);
  if (removal.outcome === 'last-factor') return { outcome: 'rejected', because: 'last-factor' };
  const spent = await spendChange(context, account.id, 'factor-changes');
  if (spent.outcome === 'rejected') return spent;
  const keepOneOf = removal.keepOneOf ?? undefined;
  const removed = await context.records.removeAuthenticator(account.id, authenticatorId, keepOneOf);
  if (removed !== 'removed') return { outcome: 'rejected', because: removed };
  const { kind, label } = authenticator;
  await context.events.reportQueued({
    name: 'authenticator-removed',
    userId: account.id,
    organizationId: subject.organizationId,
    address: origin.address,
    details: { kind, authenticatorId },
  });
  // Otherwise, the directory's note that the person is enrolled would look like lost records.
  await context.enrollmentNotes.noteIfNone(account.id);
  const change = { kind: 'authenticator-removed', factor: kind, label, goneId: authenticatorId } as const;
  const changed = await afterFactorChange(context, { account, subject, member, change, endOthers, origin });
  return { outcome: 'removed', label, gathered, ...changed };
}

export async function renameAuthenticator(
  context: FlowContext,
  act: FactorAct & { readonly authenticatorId: string; readonly label: string },
): Promise<{ readonly outcome: 'renamed' } | ChangeRefused> {
  const { account, subject, origin, authenticatorId, label } = act;
  const permission = await mayChangeFactors(context, act);
  if (permission.outcome !== 'may-change') return permission;
  if (!(await context.records.renameAuthenticator(account.id, authenticatorId, label)))
    return { outcome: 'rejected', because: 'no-authenticator' };
  context.events.report({
    name: 'authenticator-renamed',
    userId: account.id,
    organizationId: subject.organizationId,
    address: origin.address,
    details: { authenticatorId },
  });
  return { outcome: 'renamed' };
}

export async function askFirst(
  context: FlowContext,
  act: FactorAct & { readonly authenticatorId: string },
): Promise<{ readonly outcome: 'asked-first' } | ChangeRefused> {
  const permission = await mayChangeFactors(context, act);
  if (permission.outcome !== 'may-change') return permission;
  const saved = await context.records.savePreference(act.account.id, act.authenticatorId);
  return saved ? { outcome: 'asked-first' } : { outcome: 'rejected', because: 'no-authenticator' };
}

export interface FactorAct {
  readonly account: Account;
  readonly subject: AuthSubject;
  readonly origin: Origin;
  readonly findAdministered?: FindAdministered;
}

/** `refused`: a proof is needed first, or the session has ended. `feature-off`: there is nothing to set here. */
export type SettingsRefused =
  { readonly outcome: 'refused'; readonly decision: Decision } | { readonly outcome: 'feature-off' };

export type ChangeRefused =
  | SettingsRefused
  | { readonly outcome: 'rejected'; readonly because: 'no-authenticator' | 'last-factor' | 'no-factor' }
  | TooManyChanges;

export type ChangePermission =
  { readonly outcome: 'may-change'; readonly gathered: GatheredForSetup } | SettingsRefused;

/** Whether the settings may be shown: only in a session that the policy allows, and only if the organization has MFA on. */
export function judgeSettings(
  { phase }: AuthSubject,
  { facts, setup, now }: GatheredForSetup,
): SettingsRefused | null {
  const decision = decide(facts, { kind: 'policy' }, now);
  const over: Decision = { outcome: 'sign-in', because: 'no-session' };
  if (phase === 'pending')
    return { outcome: 'refused', decision: decision.outcome === 'allow' ? over : decision };
  if (decision.outcome === 'sign-in') return { outcome: 'refused', decision };
  if (setup === null) return { outcome: 'feature-off' };
  const open = decision.outcome === 'allow' || (decision.outcome === 'enroll' && decision.skippable);
  return open ? null : { outcome: 'refused', decision };
}

/** Whether a factor may be changed now. Requires a proof of the strongest factor in the last ten minutes. */
export async function mayChangeFactors(context: FlowContext, act: FactorAct): Promise<ChangePermission> {
  const { subject } = act;
  const gathered = await gatherSetupFacts(context, act);
  const refused = judgeSettings(subject, gathered);
  if (refused !== null) return refused;
  const { facts, setup, now } = gathered;
  const decision = decide(setup ?? facts, reproofRequirement(subject, gathered), now);
  // Due enrollment does not block a change: existing factors may be changed before it.
  if (decision.outcome === 'allow' || decision.outcome === 'enroll')
    return { outcome: 'may-change', gathered };
  return { outcome: 'refused', decision: asStepUp(decision) };
}
