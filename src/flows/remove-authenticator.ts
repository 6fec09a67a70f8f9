import { mayRemoveFactor } from '../core/factor-removal';
import { afterFactorChange } from './after-factor-change';
import type { FactorChanged } from './after-factor-change';
import type { FlowContext } from './context';
import type { Gathered } from './gather-facts';
import { mayChangeFactors } from './may-change-factors';
import type { ChangeRefused, FactorAct } from './may-change-factors';
import { spendChange } from './spend-change';

export type Removal =
  | ({ readonly outcome: 'removed'; readonly label: string; readonly gathered: Gathered } & FactorChanged)
  | ChangeRefused;

/** Removes one of the person's own authenticators. Somebody else's is no different from one that never was. */
export async function removeAuthenticator(
  context: FlowContext,
  act: FactorAct & { readonly authenticatorId: string; readonly endOthers: boolean },
): Promise<Removal> {
  const { account, bearer, origin, authenticatorId, endOthers } = act;
  const leave = await mayChangeFactors(context, act);
  if (leave.outcome !== 'may-change') return leave;
  const { gathered } = leave;
  const { member, facts } = gathered;
  const authenticator = member.authenticators.find(({ id }) => id === authenticatorId);
  if (authenticator === undefined) return { outcome: 'rejected', because: 'no-authenticator' };
  const removal = mayRemoveFactor(facts, authenticatorId);
  if (removal.outcome === 'last-factor') return { outcome: 'rejected', because: 'last-factor' };
  const spent = await spendChange(context, account.id, 'factor-changes');
  if (spent.outcome === 'rejected') return spent;
  const keepOneOf = removal.keepOneOf ?? undefined;
  if (!(await context.records.removeAuthenticator(account.id, authenticatorId, keepOneOf))) {
    return { outcome: 'rejected', because: keepOneOf === undefined ? 'no-authenticator' : 'last-factor' };
  }
  const { kind, label } = authenticator;
  context.events.report({
    name: 'authenticator-removed',
    userId: account.id,
    organizationId: bearer.organizationId,
    address: origin.address,
    details: { kind, authenticatorId },
  });
  // Otherwise the directory's note would read as lost records.
  await context.enrollmentNotes.noteIfNone(account.id);
  const change = { kind: 'authenticator-removed', factor: kind, label, goneId: authenticatorId } as const;
  const changed = await afterFactorChange(context, { account, bearer, member, change, endOthers, origin });
  return { outcome: 'removed', label, gathered, ...changed };
}
