import type { Evidence } from '../../core/assurance';
import { sessionExpiresAt } from '../../core/session-lifetime';
import type { Epochs } from '../../core/session-lifetime';
import type { Gathered } from '../../flows/gather-facts';
import { continueGrant, upgradeSession } from '../establish-session';
import { grantSession } from '../grant-at-login';
import { originOf } from '../origin';
import type { MfaSlot } from '../session-slot';
import { readSlot } from '../session-slot';
import type { KnownPageRequest } from './page-route';

/**
 * The decision allows: a pending login becomes a session, a session goes on with more evidence; both under a new id.
 * `change` is what the slot holds besides.
 */
export async function finishProof(
  page: KnownPageRequest,
  proven: {
    readonly evidence: readonly Evidence[];
    readonly gathered: Gathered;
    /** New ones, where the user's older sessions were ended. */
    readonly epochs?: Epochs;
    readonly change?: Partial<MfaSlot>;
  },
): Promise<void> {
  const { context, req, visitor } = page;
  const { bearer, user, account } = visitor;
  const { evidence, gathered, change = {} } = proven;
  // The absolute end of a session counts from authentication: of a login, that is now.
  const startedAt = bearer.standing === 'pending' ? gathered.now : bearer.startedAt;
  const expiresAt = sessionExpiresAt({ startedAt }, gathered.policy.policy);
  const { epochs = bearer.epochs } = proven;
  const grant = { ...continueGrant(bearer, { evidence, expiresAt }), startedAt, epochs };
  if (bearer.standing === 'session') return upgradeSession(context, req, { grant, change });
  const { wizard, login } = readSlot(req);
  // Beside the session, in the same round trip.
  if (login?.name !== undefined) context.passwords.noteSignIn(req, login.name);
  await grantSession(req, {
    user,
    grant,
    keep: { ...(wizard === undefined ? {} : { wizard }), ...change },
  });
  context.events.report({
    name: 'signed-in',
    userId: account.id,
    organizationId: bearer.organizationId,
    address: originOf(req).address,
    details: { because: 'satisfied' },
  });
}
