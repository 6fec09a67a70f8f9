import type { Request } from 'express';
import type { Evidence } from '../core/assurance';
import { sessionExpiresAt } from '../core/session-lifetime';
import type { Bearer, Grant } from '../flows/bearer';
import { newMark } from '../flows/context';
import { gatherLoginFacts } from '../flows/gather-facts';
import { establishEpochs } from '../flows/log-in';
import type { Account } from '../ports';
import { endCookieWithGrant, register } from './establish-session';
import { channelNoted } from './channel-noted';
import type { HttpContext } from './http-context';
import { originOf } from './origin';
import { readSlot, sessionMark, updateSlot } from './session-slot';
import type { LoginSlot, MfaSlot, SessionGrantSlot } from './session-slot';

/** Who is at the door. */
export type Visitor =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'known';
      readonly bearer: Bearer;
      readonly account: Account;
      readonly user: Express.User;
    };

export const ANONYMOUS: Visitor = { kind: 'anonymous' };

/**
 * Tells who is at the door from Passport's user and our slot. A session that the host began is adopted where it stands;
 * a slot that belongs to another user, or was copied here from another session, is nobody’s.
 */
export async function identifyVisitor(context: HttpContext, req: Request): Promise<Visitor> {
  context.proxies.look(req);
  const slot = readSlot(req);
  const { user } = req;
  if (user === undefined || user === null) {
    if (slot.session !== undefined) await forgetGrant(context, req, slot.session);
    return identifyPending(context, slot);
  }
  const account = context.directory.accountOf(user);
  if (slot.session?.userId !== account.id || slot.session.grantedIn !== sessionMark(req)) {
    if (slot.session !== undefined) await forgetGrant(context, req, slot.session);
    return adopt(context, req, { user, account });
  }
  const session = await enterOrganization(context, req, { session: slot.session, account });
  return { kind: 'known', bearer: toSessionBearer(session, account, slot), account, user };
}

/** The host logged the person out, or somebody in, and kept what else the session held. */
async function forgetGrant(context: HttpContext, req: Request, grant: SessionGrantSlot): Promise<void> {
  updateSlot(req, { session: undefined });
  await context.state.endSession(grant.userId, grant.handle);
}

async function identifyPending(context: HttpContext, slot: MfaSlot): Promise<Visitor> {
  if (slot.login === undefined) return ANONYMOUS;
  const known = await context.directory.find(slot.login.userId);
  if (known === undefined) return ANONYMOUS;
  return { kind: 'known', bearer: toPendingBearer(slot.login, slot), ...known };
}

function toPendingBearer(login: LoginSlot, slot: MfaSlot): Bearer {
  const { userId, organizationId, pendingId, epochs, startedAt, expiresAt } = login;
  return {
    standing: 'pending',
    userId,
    organizationId,
    ownerId: pendingId,
    epochs,
    startedAt,
    expiresAt,
    asked: slot.asked ?? null,
  };
}

function toSessionBearer(session: SessionGrantSlot, account: Account, slot: MfaSlot): Bearer {
  const { handle, userEpoch, startedAt, seenAt, evidence, skipped } = session;
  return {
    standing: 'session',
    userId: account.id,
    organizationId: account.organizationId,
    ownerId: handle,
    epochs: { user: userEpoch, organization: epochOf(session, account.organizationId) ?? '' },
    startedAt,
    seenAt,
    evidence,
    skipped,
    asked: slot.asked ?? null,
  };
}

function epochOf(session: SessionGrantSlot, organizationId: string): string | undefined {
  return session.organizationEpochs.find(([id]) => id === organizationId)?.[1];
}

/** A person may go from one organization to another within a session; each one's epoch is kept, so that going back revives nothing. */
async function enterOrganization(
  context: HttpContext,
  req: Request,
  entry: { readonly session: SessionGrantSlot; readonly account: Account },
): Promise<SessionGrantSlot> {
  const { session, account } = entry;
  const { organizationId } = account;
  if (epochOf(session, organizationId) !== undefined) return session;
  const epoch = await context.records.establishOrganizationEpoch(organizationId, newMark());
  const entered = {
    ...session,
    organizationEpochs: [...session.organizationEpochs, [organizationId, epoch] as const],
  };
  updateSlot(req, { session: entered });
  return entered;
}

/** Dates a session that the host began by a way of its own, and makes it one that can be ended. */
async function adopt(
  context: HttpContext,
  req: Request,
  found: { readonly user: Express.User; readonly account: Account },
): Promise<Visitor> {
  const { user, account } = found;
  const now = context.clock.now();
  const method = account.federated ? 'federated' : 'host';
  const evidence: readonly Evidence[] = [{ method, at: now, ...channelNoted(req) }];
  const gathered = await gatherLoginFacts(context, account, evidence);
  const epochs = await establishEpochs(context, gathered);
  const session: SessionGrantSlot = {
    userId: account.id,
    handle: newMark(),
    grantedIn: sessionMark(req),
    userEpoch: epochs.user,
    organizationEpochs: [[account.organizationId, epochs.organization]],
    startedAt: now,
    seenAt: now,
    evidence,
    skipped: false,
  };
  const grant: Grant = {
    userId: account.id,
    organizationId: account.organizationId,
    evidence,
    epochs,
    startedAt: now,
    skipped: false,
    expiresAt: sessionExpiresAt({ startedAt: now }, gathered.policy.policy),
    replaces: null,
  };
  await register(context, { session, grant, origin: originOf(req) });
  updateSlot(req, { session, login: undefined, asked: undefined, keptForm: undefined });
  endCookieWithGrant(context, req, grant);
  return { kind: 'known', bearer: toSessionBearer(session, account, readSlot(req)), account, user };
}
