import type { FlowContext, Origin } from './context';
import type { Gathered } from './gather-facts';
import { notifyAddressesOnFile } from './notify';

/** A recovery code was used: every address on file is told, with how many are left (NIST SP 800-63B-4, 4.2.3). */
export async function reportRecoveryCodeUse(
  context: FlowContext,
  used: { readonly gathered: Gathered; readonly origin: Origin },
): Promise<void> {
  const { gathered, origin } = used;
  const { account, member, facts, now } = gathered;
  const left = facts.recoveryCodesLeft;
  context.events.report({
    name: 'recovery-code-used',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
    details: { left },
  });
  await notifyAddressesOnFile(context, {
    account,
    member,
    notice: { kind: 'recovery-code-used', left, origin, at: now },
  });
}
