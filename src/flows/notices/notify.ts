import { maskDestination } from '../../core/address/destination';
import { openSecret } from '../../core/proof/secrets';
import type { Notice } from '../../delivery/delivery';
import type { Account } from '../../options/ports';
import type { MemberRecord } from '../../stores/record-store';
import type { FlowContext } from '../context/context';
import { sendNoticeInBackground } from './send-notice';

/** Every address a notice goes to: the one on file and the enrolled ones (NIST SP 800-63B-4, 4.6). */
function emailAddresses(context: FlowContext, account: Account, member: MemberRecord): readonly string[] {
  const enrolled = member.authenticators
    .filter(({ kind }) => kind === 'email')
    .map(({ id, sealedSecret, kind }) =>
      openSecret(context.keyRing, sealedSecret, { userId: account.id, authenticatorId: id, kind }),
    )
    .filter((opened) => opened.outcome === 'opened')
    .map(({ secret }) => secret.reveal());
  const all = account.email === undefined ? enrolled : [account.email, ...enrolled];
  return [...new Set(all)];
}

/**
 * Tells every address what happened, apart from the act itself: the answer does not wait for the mail server, and a
 * mail that does not go out is kept and tried again. Returns the masked addresses.
 */
export async function notifyAddressesOnFile(
  context: FlowContext,
  told: { readonly account: Account; readonly member: MemberRecord; readonly notice: Notice },
): Promise<readonly string[]> {
  const { account, member, notice } = told;
  const { id: userId, name: userName, organizationId } = account;
  const addresses = emailAddresses(context, account, member);
  for (const to of addresses) {
    sendNoticeInBackground(context, { to, userId, organizationId, userName, notice });
  }
  return addresses.map((to) => maskDestination('email', to));
}

/** Whether a notice would reach anybody. */
export function canNotify(context: FlowContext, account: Account, member: MemberRecord): boolean {
  return context.options.email !== null && emailAddresses(context, account, member).length > 0;
}
