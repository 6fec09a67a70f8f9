import { hashRecoveryCodes, issueRecoveryCodes } from '../core/recovery-code';
import type { Account } from '../ports';
import type { Bearer } from './bearer';
import type { RecoveryCodeSet } from '../stores/record-store';
import type { FlowContext } from './context';
import { spendChange } from './spend-change';
import type { TooManyChanges } from './spend-change';

export type NewCodeSet =
  /** `set` is what is stored, `shown` what is shown once. */
  | { readonly outcome: 'made'; readonly set: RecoveryCodeSet; readonly shown: readonly string[] }
  | TooManyChanges;

/** Makes a new set, which is to take the place of the old one whole. Nothing is stored yet. */
export async function makeRecoveryCodeSet(
  context: FlowContext,
  account: Pick<Account, 'id'>,
): Promise<NewCodeSet> {
  const spent = await spendChange(context, account.id, 'recovery-codes');
  if (spent.outcome === 'rejected') return spent;
  const issued = issueRecoveryCodes();
  const codes = await hashRecoveryCodes(issued);
  const set = { codes, issuedAt: context.clock.now() };
  return { outcome: 'made', set, shown: issued.map(({ text }) => text) };
}

/** Says that a new set was stored. */
export function reportCodesIssued(
  context: FlowContext,
  { userId, organizationId }: Pick<Bearer, 'userId' | 'organizationId'>,
  { codes }: RecoveryCodeSet,
): void {
  const details = { count: codes.length };
  context.events.report({ name: 'recovery-codes-issued', userId, organizationId, details });
}
