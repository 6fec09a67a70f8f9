import type { FlowContext } from './context';
import { mayChangeFactors } from './may-change-factors';
import type { ChangeRefused, FactorAct } from './may-change-factors';

/** Gives an authenticator another name. */
export async function renameAuthenticator(
  context: FlowContext,
  act: FactorAct & { readonly authenticatorId: string; readonly label: string },
): Promise<{ readonly outcome: 'renamed' } | ChangeRefused> {
  const { account, bearer, origin, authenticatorId, label } = act;
  const leave = await mayChangeFactors(context, act);
  if (leave.outcome !== 'may-change') return leave;
  if (!(await context.records.renameAuthenticator(account.id, authenticatorId, label)))
    return { outcome: 'rejected', because: 'no-authenticator' };
  context.events.report({
    name: 'authenticator-renamed',
    userId: account.id,
    organizationId: bearer.organizationId,
    address: origin.address,
    details: { authenticatorId },
  });
  return { outcome: 'renamed' };
}
