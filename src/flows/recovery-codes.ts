import { hashRecoveryCodes, issueRecoveryCodes } from '../core/recovery-code';
import type { Account } from '../ports';
import type { Bearer } from './bearer';
import type { RecoveryCodeSet } from '../stores/record-store';
import type { FlowContext } from './context';

export type NewCodeSet =
  /** `set` is what is stored, `shown` what is shown once. */
  | { readonly outcome: 'made'; readonly set: RecoveryCodeSet; readonly shown: readonly string[] }
  | {
      readonly outcome: 'rejected';
      readonly because: 'too-many-changes';
      readonly retryAfterSeconds: number;
    };

/** Nobody needs more; each set costs over a second of processor time, which must not be had for the asking. */
const SETS_AN_HOUR = 10;

/** Makes a new set, which is to take the place of the old one whole. Nothing is stored yet. */
export async function makeRecoveryCodeSet(
  context: FlowContext,
  account: Pick<Account, 'id'>,
): Promise<NewCodeSet> {
  const throttle = context.state.throttle({ name: 'recovery-codes', points: SETS_AN_HOUR, seconds: 3600 });
  const spent = await throttle.spend(account.id);
  if (spent.outcome === 'blocked') {
    return { outcome: 'rejected', because: 'too-many-changes', retryAfterSeconds: spent.retryAfterSeconds };
  }
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
