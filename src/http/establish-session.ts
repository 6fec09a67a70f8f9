import type { Request } from 'express';
import { provenBy, type Evidence } from '../core/assurance';
import type { Bearer, Grant } from '../flows/bearer';
import type { Origin } from '../flows/context';
import { newMark } from '../flows/context';
import type { PendingLogin, SessionEntry } from '../stores/state-store';
import type { HttpContext } from './http-context';
import { originOf } from './origin';
import { seeToList } from './own-session-store';
import { stateOf } from './request-state';
import { readSlot, requireSession, sessionMark, writeSlot } from './session-slot';
import { toError } from './to-error';
import type { MfaSlot, SessionGrantSlot } from './session-slot';
import { saveSession } from './store-session';

/** Half a login: a new session id, in which Passport finds nobody. */
export async function enterPendingLogin(
  context: HttpContext,
  req: Request,
  entry: {
    readonly pending: PendingLogin;
    readonly name: string;
    readonly slot: Pick<MfaSlot, 'asked' | 'returnTo' | 'unlock'>;
  },
): Promise<void> {
  const { pending, name, slot } = entry;
  const { userId, organizationId, epochs, startedAt, expiresAt } = pending;
  const login = { userId, organizationId, pendingId: pending.id, epochs, startedAt, expiresAt, name };
  leaveSession(context, req);
  await renewSession(req, () => {
    writeSlot(req, { ...slot, login });
    context.csrf.prepare(req);
  });
}

/**
 * Grants the session: a new id, Passport's user and our slot in one write, and the entry without which no session is
 * live. `keep` is what survives of the session before.
 */
export async function grantSession(
  context: HttpContext,
  req: Request,
  granted: { readonly user: Express.User; readonly grant: Grant; readonly keep: Partial<MfaSlot> },
): Promise<void> {
  const { user, grant, keep } = granted;
  const registered = prepareGrant(context, req, { grant, keep });
  await Promise.all([registered, logInWithPassport(req, user)]);
}

/**
 * Arranges that the session which Passport is about to make carries our slot from its first write. Used by the strategy,
 * where Passport itself does the rest.
 */
export function prepareGrant(
  context: HttpContext,
  req: Request,
  granted: { readonly grant: Grant; readonly keep: Partial<MfaSlot> },
): Promise<void> {
  const { grant, keep } = granted;
  const session: SessionGrantSlot = {
    userId: grant.userId,
    handle: newMark(),
    // Known once Passport has made the session; see `writeOnRegenerate`.
    grantedIn: '',
    userEpoch: grant.epochs.user,
    organizationEpochs: [[grant.organizationId, grant.epochs.organization]],
    startedAt: grant.startedAt,
    seenAt: context.clock.now(),
    evidence: grant.evidence,
    skipped: grant.skipped,
  };
  writeOnRegenerate(context, req, { grant, session, keep });
  return register(context, { session, grant, origin: originOf(req) });
}

/** Whoever signs in over a session leaves it, and it goes from its owner's list: beside the login, which that neither holds up nor breaks. */
function leaveSession({ state, options }: HttpContext, req: Request): void {
  const { session } = readSlot(req);
  if (session?.grantedIn !== sessionMark(req)) return;
  state.endSession(session.userId, session.handle).catch(options.onError);
}

/** The cookie of a session that we set up ends when the policy ends the session. */
export function endCookieWithGrant(context: HttpContext, req: Request, grant: Grant): void {
  if (context.ownCookie.name === null) return;
  requireSession(req).cookie.maxAge = Math.max(1000, grant.expiresAt - context.clock.now());
}

function writeOnRegenerate(
  context: HttpContext,
  req: Request,
  granted: {
    readonly grant: Grant;
    readonly session: SessionGrantSlot;
    readonly keep: Partial<MfaSlot>;
  },
): void {
  const { grant, session, keep } = granted;
  const before = requireSession(req);
  const { returnTo } = before;
  const regenerateBefore = before.regenerate.bind(before);
  before.regenerate = function regenerateWithSlot(done) {
    // Not sooner: a host may ask for the password and sign nobody in.
    leaveSession(context, req);
    // With `keepSessionInfo` Passport copies what is left of the old session over the new one: not ours.
    Reflect.deleteProperty(before, 'mfa');
    Reflect.deleteProperty(before, 'regenerate');
    stateOf(req).savesNext = true;
    return regenerateBefore(function keepSlot(error: unknown) {
      if (error === undefined || error === null) {
        writeSlot(req, { ...keep, session: { ...session, grantedIn: sessionMark(req) } });
        endCookieWithGrant(context, req, grant);
        // The copy of `keepSessionInfo` would bring the end of the visitor's session back.
        if (context.ownCookie.name !== null) before.cookie = req.session.cookie;
        if (returnTo !== undefined) req.session.returnTo = returnTo;
      }
      done(error);
    });
  };
}

function logInWithPassport(req: Request, user: Express.User): Promise<void> {
  return new Promise((resolve, reject) => {
    req.logIn(user, (error: unknown) => {
      if (error === undefined || error === null) resolve();
      else reject(toError(error));
    });
  });
}

/** A proof was added in a session that goes on: a new id, everything of the host's kept, the old handle ended. */
export async function upgradeSession(
  context: HttpContext,
  req: Request,
  upgrade: { readonly grant: Grant; readonly change: Partial<MfaSlot> },
): Promise<void> {
  const { grant, change } = upgrade;
  const before = readSlot(req);
  const { cookie: _cookie, ...data } = requireSession(req);
  const session: SessionGrantSlot = {
    userId: grant.userId,
    handle: newMark(),
    grantedIn: '',
    userEpoch: grant.epochs.user,
    organizationEpochs: before.session?.organizationEpochs ?? [
      [grant.organizationId, grant.epochs.organization],
    ],
    startedAt: grant.startedAt,
    seenAt: context.clock.now(),
    evidence: grant.evidence,
    skipped: grant.skipped,
  };
  const { asked: _asked, csrfToken: _csrfToken, ...kept } = before;
  const registered = register(context, { session, grant, origin: originOf(req), continues: true });
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
  entry: {
    readonly session: SessionGrantSlot;
    readonly grant: Grant;
    readonly origin: Origin;
    /** The session before goes on as this one; where it was ended meanwhile, this one never begins. */
    readonly continues?: true;
  },
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
    ...(grant.replaces === null ? {} : { [entry.continues ? 'continues' : 'replaces']: grant.replaces }),
  });
}

/** A new id for what `fill` writes, stored when this resolves. */
async function renewSession(req: Request, fill: () => void): Promise<void> {
  stateOf(req).savesNext = true;
  await regenerate(req);
  fill();
  await saveSession(req);
}

/** The session ends; whoever asks for it has seen to the list of its owner. */
export function regenerate(req: Request): Promise<void> {
  seeToList(requireSession(req));
  return new Promise((resolve, reject) => {
    requireSession(req).regenerate((error: unknown) => {
      if (error === undefined || error === null) resolve();
      else reject(toError(error));
    });
  });
}
