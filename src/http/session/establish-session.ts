import type { Request } from 'express';
import { provenBy, type Evidence } from '../../core/decision/assurance';
import { successorHandle } from '../../core/decision/session-lifetime';
import type { Bearer, Grant } from '../../flows/context/auth-subject';
import { newMark, type Origin } from '../../flows/context/context';
import { endSession } from '../../flows/sessions/end-sessions';
import type { PendingLogin, SessionEntry } from '../../stores/state-store';
import type { HttpContext } from '../kernel/http-context';
import { originOf } from '../kernel/request';
import { browserGiven } from './remembered-browser-cookie';
import { renewSession } from './renew-session';
import { findSlot, readSlot, requireSession, sessionMark, writeSlot } from './session-slot';
import { type MfaSlot } from './session-slot-text';
import { type SessionGrantSlot } from './session-slot-text';

/** Half a login: a new session id, in which Passport finds nobody. */
export async function enterPendingLogin(
  context: HttpContext,
  req: Request,
  entry: {
    readonly pending: PendingLogin;
    readonly name: string;
    readonly slot: Pick<MfaSlot, 'asked' | 'returnTo' | 'unlock' | 'host'>;
  },
): Promise<void> {
  const { pending, name, slot } = entry;
  const { userId, organizationId, epochs, startedAt, expiresAt } = pending;
  const login = { userId, organizationId, pendingId: pending.id, epochs, startedAt, expiresAt, name };
  leaveSession(context, req);
  await renewSession(req, () => {
    writeSlot(req, { ...slot, ...browserGiven(req), login });
    context.csrf.prepare(req);
  });
}

/** The second step is done and the host's own sign-in goes on with it: a new session id, in which Passport still finds nobody. */
export function keepPendingLogin(
  context: HttpContext,
  req: Request,
  change: Partial<MfaSlot>,
): Promise<void> {
  const { asked: _asked, csrfToken: _csrfToken, ...kept } = readSlot(req);
  return renewSession(req, () => {
    writeSlot(req, { ...kept, ...change });
    context.csrf.prepare(req);
  });
}

/** What a session carries that begins with this grant. */
export function toSessionSlot(context: HttpContext, grant: Grant): SessionGrantSlot {
  const mark = newMark();
  return {
    userId: grant.userId,
    handle:
      grant.continues === true && grant.replaces !== null ? successorHandle(grant.replaces, mark) : mark,
    // Known once the session has its new id.
    grantedIn: '',
    userEpoch: grant.epochs.user,
    organizationEpochs: [[grant.organizationId, grant.epochs.organization]],
    startedAt: grant.startedAt,
    seenAt: context.clock.now(),
    evidence: grant.evidence,
    skipped: grant.skipped,
  };
}

/**
 * Whoever signs in over a session leaves it, and it goes from its owner's list: in the background; a failure does not block the
 * sign-in. A session that goes on as `grant` is left by that.
 */
export function leaveSession(context: HttpContext, req: Request, grant?: Grant): void {
  const { session } = findSlot(req);
  if (session === undefined || session.grantedIn !== sessionMark(req)) return;
  if (session.handle === grant?.replaces) return;
  endSession(context, session).catch(context.options.onError);
}

/** The cookie of a session that we set up ends when the policy ends the session. */
export function endCookieWithGrant(context: HttpContext, req: Request, grant: Grant): void {
  if (context.ownCookie.name === null) return;
  requireSession(req).cookie.maxAge = Math.max(1000, grant.expiresAt - context.clock.now());
}

/** A proof was added in a session that goes on: a new id, everything of the host's kept, the old handle ended. */
export async function upgradeSession(
  context: HttpContext,
  req: Request,
  upgrade: { readonly grant: Grant; readonly change: Partial<MfaSlot> },
): Promise<void> {
  const { change } = upgrade;
  const grant: Grant = { ...upgrade.grant, continues: true };
  const before = readSlot(req);
  const { cookie: _cookie, ...data } = requireSession(req);
  const granted = toSessionSlot(context, grant);
  const organizationEpochs = before.session?.organizationEpochs ?? granted.organizationEpochs;
  const session: SessionGrantSlot = { ...granted, organizationEpochs };
  const { asked: _asked, csrfToken: _csrfToken, ...kept } = before;
  const registered = register(context, { session, grant, origin: originOf(req) });
  const renewed = renewSession(req, () => {
    Object.assign(requireSession(req), data);
    writeSlot(req, { ...kept, ...change, session: { ...session, grantedIn: sessionMark(req) } });
    endCookieWithGrant(context, req, grant);
  });
  await Promise.all([registered, renewed]);
}

/** The session of a bearer as it goes on with more evidence. */
export function continueGrant(
  bearer: Bearer,
  proven: { readonly evidence: readonly Evidence[]; readonly expiresAt: number },
): Grant {
  const { userId, organizationId, epochs, startedAt, ownerId } = bearer;
  const skipped = bearer.standing === 'session' && bearer.skipped;
  return { userId, organizationId, epochs, startedAt, skipped, replaces: ownerId, ...proven };
}

export function register(
  context: HttpContext,
  entry: { readonly session: SessionGrantSlot; readonly grant: Grant; readonly origin: Origin },
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

/** Through what the visitor proved, before signing in, that an account is theirs; taken along into the sign-in. */
export function channelNoted(req: Request): { readonly channel?: string } {
  const { channel } = findSlot(req);
  return channel === undefined ? {} : { channel };
}
