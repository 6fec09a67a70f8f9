import type { Request } from 'express';
import {
  deriveAmr,
  deriveAssurance,
  deriveAssuranceLevel,
  type Assurance,
} from '../../core/decision/assurance';
import { decide } from '../../core/decision/decide';
import { correctDates, findFutureDate, sessionExpiresAt } from '../../core/decision/session-lifetime';
import { MfaError } from '../../core/errors';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { AuthSubject } from '../../flows/context/context';
import { gatherFacts } from '../../flows/context/gather-facts';
import { endSession } from '../../flows/sessions/end-sessions';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import { ANONYMOUS, hasSignedInUser, organizationOf, stateOf, type RequestIdentity } from '../kernel/request';
import { adoptSession, resolveGrant, toSessionSubject } from './adopt-session';
import { confirmBrowserOnce } from './remembered-browser-cookie';
import { readSessionData, requireSessionId, sessionIdStart, updateSessionData } from './session-data';
import type { MfaSessionData, PendingLoginData, SessionClaims } from './session-data-text';
import { watchPassport } from './watch-passport';

/** Adopts a session that the host started without us. Ignores session data of another user. */
export async function resolveIdentity(context: HttpContext, req: Request): Promise<RequestIdentity> {
  const identity = await identify(context, req);
  stateOf(req).organizationId = organizationOf(identity);
  return identity;
}

async function identify(context: HttpContext, req: Request): Promise<RequestIdentity> {
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
  // In the same session, the other person was signed in first.
  const notBefore = session.grantedIn === sessionIdStart(req) ? session.startedAt : null;
  return adoptSession(context, req, { account, notBefore });
}

/** A clock that was ahead may have dated the session. Limits its dates to now. */
function boundSession(context: HttpContext, req: Request, session: SessionClaims): SessionClaims {
  const now = context.clock.now();
  const ahead = findFutureDate(session, now);
  if (ahead === null) return session;
  context.clocks.note('session', ahead);
  const bounded = { ...session, ...correctDates(session, now) };
  updateSessionData(req, { session: bounded });
  return bounded;
}

/** The host signed the person out, or another person in, but kept the rest of the session. */
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

function toPendingSubject(login: PendingLoginData, sessionData: MfaSessionData): AuthSubject {
  const { userId, organizationId, pendingId, epochs, startedAt, expiresAt } = login;
  return {
    phase: 'pending',
    userId,
    organizationId,
    ownerId: pendingId,
    epochs,
    startedAt,
    expiresAt,
    challengeHint: sessionData.challengeHint ?? null,
  };
}

const WRITE =
  'Write app.use(mfa.sessions(), passport.initialize(), passport.session()) first, then mfa.pages(), mfa.adminPages() and mfa.guard().';

/**
 * Throws if the session has a user but Passport has not set `req.user`: Passport is mounted below this middleware, and every
 * sign-in would end at the sign-in page again. If a host clears `req.user` itself, the property still exists.
 */
export function requirePassportAbove(req: Request): void {
  if (!hasSignedInUser(req)) return;
  const property: unknown = Reflect.get(req, '_userProperty') ?? 'user';
  if (typeof property === 'string' && property !== 'user') {
    throw new MfaError(
      'host-misconfigured',
      `Passport keeps the user in req.${property}, and this package reads req.user. Remove \`userProperty\` from passport.initialize().`,
    );
  }
  if (Object.hasOwn(req, 'user')) return;
  throw new MfaError(
    'host-misconfigured',
    `The session has a signed-in user, but req.user is not set: passport.session() is missing, or it is mounted below this middleware. ${WRITE}`,
  );
}

/** Throws if Passport has not run, because the pages could not sign anybody in then. */
export function requirePassport(req: Request): void {
  if (typeof Reflect.get(req, 'logIn') === 'function') return;
  throw new MfaError(
    'host-misconfigured',
    `req.logIn is missing: mfa.pages() is mounted above Passport. ${WRITE}`,
  );
}

/** How the person of this request signed in. */
export interface SessionDescription {
  readonly assurance: Assurance;
  /** Authenticator assurance level of NIST SP 800-63B-4; a session proven by an email code stays at 1. */
  readonly assuranceLevel: 1 | 2;
  /** RFC 8176 values. */
  readonly amr: readonly string[];
  readonly startedAt: number;
  readonly expiresAt: number;
}

/** Null if the guard would stop the visitor: without a live session, during a login, or before a second factor. */
export async function describeSession(
  context: HttpContext,
  req: Request,
): Promise<SessionDescription | null> {
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous' || identity.subject.phase !== 'session') return null;
  const { subject, account } = identity;
  const { facts, policy, now } = stateOf(req).facts ?? (await gatherFacts(context, account, subject));
  if (decide(facts, { kind: 'policy' }, now).outcome !== 'allow') return null;
  const { evidence, startedAt } = subject;
  return {
    assurance: deriveAssurance(evidence),
    assuranceLevel: deriveAssuranceLevel(evidence, FACTOR_TRAITS),
    amr: deriveAmr(evidence, FACTOR_TRAITS),
    startedAt,
    expiresAt: sessionExpiresAt({ startedAt }, policy.policy),
  };
}
