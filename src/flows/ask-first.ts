import type { FlowContext } from './context';
import { mayChangeFactors } from './may-change-factors';
import type { ChangeRefused, FactorAct } from './may-change-factors';

/** Remembers which authenticator is asked first when the person signs in. The others stay one step away. */
export async function askFirst(
  context: FlowContext,
  act: FactorAct & { readonly authenticatorId: string },
): Promise<{ readonly outcome: 'asked-first' } | ChangeRefused> {
  const leave = await mayChangeFactors(context, act);
  if (leave.outcome !== 'may-change') return leave;
  const saved = await context.records.savePreference(act.account.id, act.authenticatorId);
  return saved ? { outcome: 'asked-first' } : { outcome: 'rejected', because: 'no-authenticator' };
}
