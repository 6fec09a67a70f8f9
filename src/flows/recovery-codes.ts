import { hashRecoveryCodes, issueRecoveryCodes } from '../core/recovery-code';
import type { Account } from '../ports';
import type { Bearer } from './bearer';
import type { FlowContext } from './context';

export type CodeSet =
  | { readonly outcome: 'issued'; readonly codes: readonly string[] }
  | {
      readonly outcome: 'rejected';
      readonly because: 'too-many-changes';
      readonly retryAfterSeconds: number;
    };

/** Nobody needs more; each set costs over a second of processor time, which must not be had for the asking. */
const SETS_AN_HOUR = 10;

/** Makes a new set, which takes the place of the old one whole, and returns it for showing once. */
export async function issueRecoveryCodeSet(
  context: FlowContext,
  account: Account,
  bearer: Pick<Bearer, 'organizationId'>,
): Promise<CodeSet> {
  const throttle = context.state.throttle({ name: 'recovery-codes', points: SETS_AN_HOUR, seconds: 3600 });
  const spent = await throttle.spend(account.id);
  if (spent.outcome === 'blocked') {
    return { outcome: 'rejected', because: 'too-many-changes', retryAfterSeconds: spent.retryAfterSeconds };
  }
  const codes = issueRecoveryCodes();
  const records = await hashRecoveryCodes(codes);
  await context.records.replaceRecoveryCodes(account.id, records, context.clock.now());
  context.events.report({
    name: 'recovery-codes-issued',
    userId: account.id,
    organizationId: bearer.organizationId,
    details: { count: codes.length },
  });
  return { outcome: 'issued', codes: codes.map(({ text }) => text) };
}
