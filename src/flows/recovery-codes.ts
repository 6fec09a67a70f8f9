import { hashRecoveryCodes, issueRecoveryCodes } from '../core/recovery-code';
import type { Bearer } from './bearer';
import type { MemberRecord, RecoveryCodeSet } from '../stores/record-store';
import type { CodesOwner } from '../stores/unseen-codes';
import type { FlowContext } from './context';
import { spendChange } from './spend-change';
import type { TooManyChanges } from './spend-change';
import { keepUnseenCodes } from './unseen-codes';

export type NewCodeSet =
  /** `set` is what is stored, `shown` what is shown once. */
  | { readonly outcome: 'made'; readonly set: RecoveryCodeSet; readonly shown: readonly string[] }
  | TooManyChanges;

/**
 * Makes a new set, which is to take the place of the old one whole. It is kept for showing in the session that made it; as a set of
 * codes that work it is not stored yet.
 */
export async function makeRecoveryCodeSet(
  context: FlowContext,
  bearer: CodesOwner,
  { recoveryCodesLeft }: Pick<MemberRecord, 'recoveryCodesLeft'>,
): Promise<NewCodeSet> {
  const spent = await spendChange(context, bearer.userId, 'recovery-codes');
  if (spent.outcome === 'rejected') return spent;
  const issued = issueRecoveryCodes();
  const shown = issued.map(({ text }) => text);
  const set = { codes: await hashRecoveryCodes(issued), issuedAt: context.clock.now() };
  const replacesOlder = recoveryCodesLeft > 0;
  await keepUnseenCodes(context, bearer, { codes: shown, issuedAt: set.issuedAt, replacesOlder });
  return { outcome: 'made', set, shown };
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
