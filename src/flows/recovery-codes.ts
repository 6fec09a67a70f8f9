import { hashRecoveryCode, issueRecoveryCodes } from '../core/recovery-code';
import type { Account } from '../ports';
import type { Bearer } from './bearer';
import type { FlowContext } from './context';

/** Makes a new set, which takes the place of the old one whole, and returns it for showing once. */
export async function issueRecoveryCodeSet(
  context: FlowContext,
  account: Account,
  bearer: Pick<Bearer, 'organizationId'>,
): Promise<readonly string[]> {
  const codes = issueRecoveryCodes();
  const records = await Promise.all(
    codes.map(async ({ number, code }) => ({ number, codeHash: await hashRecoveryCode(code) })),
  );
  await context.records.replaceRecoveryCodes(account.id, records, context.clock.now());
  context.events.report({
    name: 'recovery-codes-issued',
    userId: account.id,
    organizationId: bearer.organizationId,
    details: { count: codes.length },
  });
  return codes.map(({ text }) => text);
}
