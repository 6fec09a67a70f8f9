import type { Request } from 'express';
import { boundDates, findFutureDate } from '../../core/decision/session-lifetime';
import type { Bearer } from '../../flows/context/auth-subject';
import { endSession } from '../../flows/sessions/end-sessions';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import { adoptSession, resolveGrant, toSessionBearer } from './adopt-session';
import { confirmBrowserOnce } from './remembered-browser-cookie';
import { requirePassportAbove } from './require-passport';
import { readSlot, requireSessionId, sessionMark, updateSlot } from './session-slot';
import type { MfaSlot } from './session-slot-text';
import type { SessionGrantSlot } from './session-slot-text';
import type { LoginSlot } from './session-slot-text';
import { watchPassport } from './watch-passport';
import { ANONYMOUS, type Visitor } from './request-identity';

/**
 * Tells who is at the door from Passport's user and our slot. A session that the host began out of our sight is adopted where it
 * stands; a slot that belongs to another user is nobody’s.
 */
export async function identifyVisitor(context: HttpContext, req: Request): Promise<Visitor> {
  context.proxies.look(req);
  requireSessionId(req);
  const slot = readSlot(req);
  watchPassport(context, req);
  const { user } = req;
  if (user === undefined || user === null) {
    requirePassportAbove(req);
    if (slot.session !== undefined) await forgetGrant(context, req, slot.session);
    return identifyPending(context, req, slot);
  }
  const account = context.directory.accountOf(user);
  confirmBrowserOnce(context, req, account.id);
  const session = await grantOf(context, req, { account, session: readSlot(req).session });
  const bearer = toSessionBearer(session, account.organizationId, readSlot(req));
  return { kind: 'known', bearer, account, user };
}

async function grantOf(
  context: HttpContext,
  req: Request,
  found: { readonly account: Account; readonly session: SessionGrantSlot | undefined },
): Promise<SessionGrantSlot> {
  const { account, session } = found;
  if (session?.userId === account.id) {
    return resolveGrant(context, req, { session: boundSession(context, req, session), account });
  }
  if (session === undefined) return adoptSession(context, req, { account, notBefore: null });
  await forgetGrant(context, req, session);
  // Within one session the other person came first.
  const notBefore = session.grantedIn === sessionMark(req) ? session.startedAt : null;
  return adoptSession(context, req, { account, notBefore });
}

/** A session that a clock ahead took part in goes on with dates that this clock believes, and keeps them. */
function boundSession(context: HttpContext, req: Request, session: SessionGrantSlot): SessionGrantSlot {
  const now = context.clock.now();
  const ahead = findFutureDate(session, now);
  if (ahead === null) return session;
  context.clocks.note('session', ahead);
  const bounded = { ...session, ...boundDates(session, now) };
  updateSlot(req, { session: bounded });
  return bounded;
}

/** The host logged the person out, or somebody in, and kept what else the session held. */
async function forgetGrant(context: HttpContext, req: Request, grant: SessionGrantSlot): Promise<void> {
  updateSlot(req, { session: undefined });
  await endSession(context, grant);
}

async function identifyPending(context: HttpContext, req: Request, slot: MfaSlot): Promise<Visitor> {
  if (slot.login === undefined) return ANONYMOUS;
  const known = await context.directory.find(slot.login.userId);
  if (known === undefined) return ANONYMOUS;
  confirmBrowserOnce(context, req, slot.login.userId);
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
