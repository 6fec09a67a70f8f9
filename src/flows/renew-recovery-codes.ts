import { afterFactorChange } from './after-factor-change';
import type { FlowContext } from './context';
import { mayChangeFactors } from './may-change-factors';
import type { ChangeRefused, FactorAct } from './may-change-factors';
import { makeRecoveryCodeSet, reportCodesIssued } from './recovery-codes';

export type Renewal =
  | {
      readonly outcome: 'recovery-codes-issued';
      readonly recoveryCodes: readonly string[];
      readonly notified: readonly string[];
    }
  | ChangeRefused;

/** A new set of recovery codes for a person who has a factor; the old one stops working at once. */
export async function renewRecoveryCodes(context: FlowContext, act: FactorAct): Promise<Renewal> {
  const { account, bearer, origin } = act;
  const leave = await mayChangeFactors(context, act);
  if (leave.outcome !== 'may-change') return leave;
  const { member } = leave.gathered;
  if (member.authenticators.length === 0) return { outcome: 'rejected', because: 'no-factor' };
  const made = await makeRecoveryCodeSet(context, bearer, member);
  if (made.outcome === 'rejected') return made;
  const { set, shown: recoveryCodes } = made;
  await context.records.replaceRecoveryCodes(account.id, set.codes, set.issuedAt);
  reportCodesIssued(context, bearer, set);
  const { notified } = await afterFactorChange(context, {
    account,
    bearer,
    member,
    change: { kind: 'recovery-codes-issued' },
    endOthers: false,
    origin,
  });
  return { outcome: 'recovery-codes-issued', recoveryCodes, notified };
}
