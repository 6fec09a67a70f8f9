import type { Evidence } from '../../core/assurance';
import { sessionExpiresAt } from '../../core/session-lifetime';
import type { Epochs } from '../../core/session-lifetime';
import type { Gathered } from '../../flows/gather-facts';
import { continueGrant, keepPendingLogin, upgradeSession } from '../establish-session';
import { grantSession } from '../grant-at-login';
import { tellSuccess } from '../host-login';
import { originOf } from '../origin';
import type { MfaSlot } from '../session-slot';
import { readSlot } from '../session-slot';
import type { KnownPageRequest } from './page-route';

/**
 * The decision allows: a pending login becomes a session, a session goes on with more evidence; both under a new id. A pending
 * login that the host's own sign-in ends keeps the proof for it. `change` is what the slot holds besides.
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
  const { wizard, login, host } = readSlot(req);
  if (login !== undefined && host?.resumePath !== undefined) {
    const kept = context.state.savePendingEvidence(bearer.userId, bearer.ownerId, evidence);
    const renewed = keepPendingLogin(context, req, { ...change, login: { ...login, epochs } });
    await Promise.all([kept, renewed]);
    return;
  }
  // Beside the session, in the same round trip.
  if (login?.name !== undefined) context.passwords.noteSignIn(req, login.name);
  await grantSession(req, {
    user,
    grant,
    keep: {
      ...(wizard === undefined ? {} : { wizard }),
      ...(host?.next === undefined ? {} : { host: { next: host.next } }),
      ...change,
    },
  });
  if (host !== undefined) tellSuccess(req, host);
  context.events.report({
    name: 'signed-in',
    userId: account.id,
    organizationId: bearer.organizationId,
    address: originOf(req).address,
    details: { because: 'satisfied' },
  });
}
