import type { Authenticator } from '../../core/member/authenticator';
import { isSealKeyKnown } from '../../core/proof/secrets';
import type { MemberRecord } from '../../records/records';
import type { FlowContext } from './context';

/** Reports a secret that does not open: its key is not in the ring, or the stored value was changed. */
export function reportUnreadable(
  context: FlowContext,
  whose: { readonly userId: string; readonly organizationId: string },
  authenticator: Pick<Authenticator, 'id' | 'kind' | 'sealedSecret'>,
): void {
  const { userId, organizationId } = whose;
  const { id, kind, sealedSecret } = authenticator;
  const because = isSealKeyKnown(context.keyRing, sealedSecret) ? 'secret-unreadable' : 'key-missing';
  const details = { because, authenticatorId: id, kind };
  context.events.report({ name: 'records-unreadable', userId, organizationId, details });
}

/** Reports, at a login, the authenticators whose key is not in the ring. */
export function reportMissingKeys(
  context: FlowContext,
  { userId, organizationId, authenticators }: MemberRecord,
): void {
  for (const authenticator of authenticators) {
    if (isSealKeyKnown(context.keyRing, authenticator.sealedSecret)) continue;
    reportUnreadable(context, { userId, organizationId }, authenticator);
  }
}
