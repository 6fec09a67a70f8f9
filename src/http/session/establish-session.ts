import type { Request } from 'express';
import { provenBy } from '../../core/decision/assurance';
import { successorHandle } from '../../core/decision/session-lifetime';
import { newHandle, type Origin, type SessionGrant } from '../../flows/context/context';
import { endSession } from '../../flows/sessions/end-sessions';
import type { PendingLogin, SessionEntry } from '../../stores/state-store';
import type { HttpContext } from '../kernel/http-context';
import { originOf, stateOf } from '../kernel/request';
import { unconfirmedBrowserOf } from './remembered-browser-cookie';
import { renewSession } from './renew-session';
import {
  findSessionData,
  readSessionData,
  requireSession,
  sessionIdStart,
  writeSessionData,
} from './session-data';
import type { MfaSessionData, SessionClaims } from './session-data-text';

/** Starts a pending login under a new session id. The session has no user for Passport. */
export async function enterPendingLogin(
  context: HttpContext,
  req: Request,
  entry: {
    readonly pending: PendingLogin;
    readonly name: string;
    readonly sessionData: Pick<MfaSessionData, 'challengeHint' | 'returnTo' | 'unlock' | 'host'>;
  },
): Promise<void> {
  const { pending, name, sessionData } = entry;
  const { userId, organizationId, epochs, startedAt, expiresAt } = pending;
  const login = { userId, organizationId, pendingId: pending.id, epochs, startedAt, expiresAt, name };
  endReplacedSession(context, req);
  await renewSession(req, () => {
    writeSessionData(req, { ...sessionData, ...unconfirmedBrowserOf(req), login });
    context.csrf.prepare(req);
  });
}

/** After the second step of a host's own sign-in: gives the session a new id, still without a user for Passport. */
export function renewPendingLogin(
  context: HttpContext,
  req: Request,
  change: Partial<MfaSessionData>,
): Promise<void> {
  const { challengeHint: _challengeHint, csrfToken: _csrfToken, ...kept } = readSessionData(req);
  return renewSession(req, () => {
    writeSessionData(req, { ...kept, ...change });
    context.csrf.prepare(req);
  });
}

export function toSessionClaims(context: HttpContext, grant: SessionGrant): SessionClaims {
  const mark = newHandle();
  return {
    userId: grant.userId,
    handle:
      grant.continues === true && grant.replaces !== null ? successorHandle(grant.replaces, mark) : mark,
    // Set when the session has its new id.
    grantedIn: '',
    userEpoch: grant.epochs.user,
    organizationEpochs: [[grant.organizationId, grant.epochs.organization]],
    startedAt: grant.startedAt,
    seenAt: context.clock.now(),
    evidence: grant.evidence,
    skipped: grant.skipped,
  };
}

/** In the background; a failure does not block the sign-in. If `grant` continues that session, registering it ends it. */
export function endReplacedSession(context: HttpContext, req: Request, grant?: SessionGrant): void {
  const { session } = findSessionData(req);
  if (session === undefined || session.grantedIn !== sessionIdStart(req)) return;
  if (session.handle === grant?.replaces) return;
  endSession(context, session).catch(context.options.onError);
}

/** If `mfa.sessions()` set the cookie, it expires with the session. */
export function endCookieWithGrant(context: HttpContext, req: Request, grant: SessionGrant): void {
  if (stateOf(req).ownCookie === undefined) return;
  requireSession(req).cookie.maxAge = Math.max(1000, grant.expiresAt - context.clock.now());
}

/** Continues a session after a proof: under a new id, with the host's data. The old handle is ended. */
export async function upgradeSession(
  context: HttpContext,
  req: Request,
  upgrade: { readonly grant: SessionGrant; readonly change: Partial<MfaSessionData> },
): Promise<void> {
  const { change } = upgrade;
  const grant: SessionGrant = { ...upgrade.grant, continues: true };
  const before = readSessionData(req);
  const { cookie: _cookie, ...data } = requireSession(req);
  const granted = toSessionClaims(context, grant);
  const organizationEpochs = before.session?.organizationEpochs ?? granted.organizationEpochs;
  const session: SessionClaims = { ...granted, organizationEpochs };
  const { challengeHint: _challengeHint, csrfToken: _csrfToken, ...kept } = before;
  const registered = register(context, { session, grant, origin: originOf(req) });
  const renewed = renewSession(req, () => {
    Object.assign(requireSession(req), data);
    writeSessionData(req, { ...kept, ...change, session: { ...session, grantedIn: sessionIdStart(req) } });
    endCookieWithGrant(context, req, grant);
  });
  await Promise.all([registered, renewed]);
}

export function register(
  context: HttpContext,
  entry: { readonly session: SessionClaims; readonly grant: SessionGrant; readonly origin: Origin },
): Promise<void> {
  const { session, grant, origin } = entry;
  const listed: SessionEntry = {
    handle: session.handle,
    organizationId: grant.organizationId,
    startedAt: session.startedAt,
    seenAt: session.seenAt,
    expiresAt: grant.expiresAt,
    userAgent: origin.userAgent,
    address: origin.address,
    methods: [...new Set(grant.evidence.map(provenBy))],
    epochs: { user: session.userEpoch, organization: grant.epochs.organization },
  };
  return context.state.registerSession(grant.userId, listed, {
    now: context.clock.now(),
    ...(grant.replaces === null
      ? {}
      : { [grant.continues === true ? 'continues' : 'replaces']: grant.replaces }),
  });
}

export function recordedChannel(req: Request): { readonly channel?: string } {
  const { channel } = findSessionData(req);
  return channel === undefined ? {} : { channel };
}
