import type { Request } from 'express';
import { boundDates, findFutureDate } from '../../core/decision/session-lifetime';
import { MfaError } from '../../core/errors';
import type { AuthSubject } from '../../flows/context/auth-subject';
import { endSession } from '../../flows/sessions/end-sessions';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import { isSomebodyIn } from '../kernel/request';
import { adoptSession, resolveGrant, toSessionSubject } from './adopt-session';
import { confirmBrowserOnce } from './remembered-browser-cookie';
import { ANONYMOUS, type RequestIdentity } from './request-identity';
import { readSessionData, requireSessionId, sessionMark, updateSessionData } from './session-data';
import type { LoginSlot, MfaSessionData, SessionClaims } from './session-data-text';
import { watchPassport } from './watch-passport';

/**
 * Tells who is at the door from Passport's user and our slot. A session that the host began out of our sight is adopted where it
 * stands; a slot that belongs to another user is nobody’s.
 */
export async function resolveIdentity(context: HttpContext, req: Request): Promise<RequestIdentity> {
  context.proxies.look(req);
  requireSessionId(req);
  const sessionData = readSessionData(req);
  watchPassport(context, req);
  const { user } = req;
  if (user === undefined || user === null) {
    requirePassportAbove(req);
    if (sessionData.session !== undefined) await forgetGrant(context, req, sessionData.session);
    return identifyPending(context, req, sessionData);
  }
  const account = context.directory.accountOf(user);
  confirmBrowserOnce(context, req, account.id);
  const session = await grantOf(context, req, { account, session: readSessionData(req).session });
  const subject = toSessionSubject(session, account.organizationId, readSessionData(req));
  return { kind: 'known', subject, account, user };
}

async function grantOf(
  context: HttpContext,
  req: Request,
  found: { readonly account: Account; readonly session: SessionClaims | undefined },
): Promise<SessionClaims> {
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
function boundSession(context: HttpContext, req: Request, session: SessionClaims): SessionClaims {
  const now = context.clock.now();
  const ahead = findFutureDate(session, now);
  if (ahead === null) return session;
  context.clocks.note('session', ahead);
  const bounded = { ...session, ...boundDates(session, now) };
  updateSessionData(req, { session: bounded });
  return bounded;
}

/** The host logged the person out, or somebody in, and kept what else the session held. */
async function forgetGrant(context: HttpContext, req: Request, grant: SessionClaims): Promise<void> {
  updateSessionData(req, { session: undefined });
  await endSession(context, grant);
}

async function identifyPending(
  context: HttpContext,
  req: Request,
  sessionData: MfaSessionData,
): Promise<RequestIdentity> {
  if (sessionData.login === undefined) return ANONYMOUS;
  const known = await context.directory.find(sessionData.login.userId);
  if (known === undefined) return ANONYMOUS;
  confirmBrowserOnce(context, req, sessionData.login.userId);
  return { kind: 'known', subject: toPendingSubject(sessionData.login, sessionData), ...known };
}

function toPendingSubject(login: LoginSlot, sessionData: MfaSessionData): AuthSubject {
  const { userId, organizationId, pendingId, epochs, startedAt, expiresAt } = login;
  return {
    phase: 'pending',
    userId,
    organizationId,
    ownerId: pendingId,
    epochs,
    startedAt,
    expiresAt,
    asked: sessionData.asked ?? null,
  };
}

const WRITE =
  'Write app.use(mfa.sessions(), passport.initialize(), passport.session()) first, then mfa.pages(), mfa.adminPages() and mfa.guard().';

/**
 * Throws where the session names a user whom Passport has not put on the request: it stands below, and everybody who signs in
 * would be sent to the sign-in page again. A host that takes `req.user` away itself leaves the property there.
 */
export function requirePassportAbove(req: Request): void {
  if (!isSomebodyIn(req)) return;
  const property: unknown = Reflect.get(req, '_userProperty') ?? 'user';
  if (typeof property === 'string' && property !== 'user') {
    throw new MfaError(
      'host-misconfigured',
      `Passport keeps the user in req.${property}, and this package reads req.user. Leave \`userProperty\` out of passport.initialize().`,
    );
  }
  if (Object.hasOwn(req, 'user')) return;
  throw new MfaError(
    'host-misconfigured',
    `The session belongs to somebody, but there is no req.user: passport.session() is missing, or it stands below this middleware. ${WRITE}`,
  );
}

/** Throws where the pages could not sign anybody in: Passport has not touched the request. */
export function requirePassport(req: Request): void {
  if (typeof Reflect.get(req, 'logIn') === 'function') return;
  throw new MfaError(
    'host-misconfigured',
    `There is no req.logIn: mfa.pages() stands above Passport. ${WRITE}`,
  );
}
