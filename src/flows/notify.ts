import { openSecret } from '../core/sealed-secret';
import { maskDestination } from '../core/mask';
import type { Notice } from '../delivery/delivery';
import type { Account } from '../ports';
import type { MemberRecord } from '../stores/record-store';
import type { FlowContext } from './context';

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
 * mail that does not go out is an event. Returns the masked addresses.
 */
export async function notifyAddressesOnFile(
  context: FlowContext,
  told: { readonly account: Account; readonly member: MemberRecord; readonly notice: Notice },
): Promise<readonly string[]> {
  const { account, member, notice } = told;
  const addresses = emailAddresses(context, account, member);
  for (const to of addresses) {
    context.delivery.sendNotice({ to, userName: account.name, notice }, (error) => {
      context.events.report({
        name: 'notice-failed',
        userId: account.id,
        organizationId: account.organizationId,
        details: { notice: notice.kind },
      });
      context.options.onError(error);
    });
  }
  return addresses.map((to) => maskDestination('email', to));
}
