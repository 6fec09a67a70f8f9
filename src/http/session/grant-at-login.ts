import type { Request } from 'express';
import { MfaError } from '../../core/errors';
import { endSession } from '../../flows/sessions/end-sessions';
import { beginHostSession, type SignedInBefore } from '../../flows/sign-in/host-login';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import {
  forgetSignedInUser,
  hasSignedInUser,
  originOf,
  signedInUser,
  stateOf,
  type ExpectedLogin,
} from '../kernel/request';
import { restoreReturnTo } from '../sign-in/return-to';
import { resolveGrant, toSessionSubject } from './adopt-session';
import { endWhenLeft } from './end-when-left';
import {
  recordedChannel,
  endCookieWithGrant,
  endReplacedSession,
  register,
  toSessionClaims,
} from './establish-session';
import { unconfirmedBrowserOf } from './remembered-browser-cookie';
import { isFailure, makeNewSession, regenerate, renewing, saveSession, settle } from './renew-session';
import {
  findSessionData,
  requireSession,
  requireSessionId,
  sessionIdStart,
  writeSessionData,
} from './session-data';
import type { SessionClaims } from './session-data-text';

/** A login by Passport or the host that is about to happen. */
export interface SeenLogin {
  readonly user: Express.User;
  /** Whether a user is already signed in to the session that is replaced. */
  readonly isUserSignedIn: boolean;
  readonly begin: () => Promise<void>;
}

type GrantedLogin = ExpectedLogin & { readonly session: SessionClaims };

/** Its session contains our claims from the first write, so that everything that ends sessions ends this one too. */
export async function grantAtLogin(context: HttpContext, req: Request, login: SeenLogin): Promise<void> {
  const state = stateOf(req);
  const expected = await toExpected(context, req, login);
  if (expected === null) return login.begin();
  const { grant } = expected;
  const granted = { ...expected, session: toSessionClaims(context, grant) };
  const { userId, handle } = granted.session;
  const idBefore = req.sessionID;
  const userBefore = JSON.stringify(signedInUser(req));
  state.login = 'under-way';
  try {
    requireSessionId(req);
    armRegenerate(context, req, granted);
    const registered = register(context, { session: granted.session, grant, origin: originOf(req) });
    await Promise.all([registered, renewing(req, login.begin)]);
    await ensureGranted(context, req, { ...granted, idBefore });
    state.login = 'done';
  } catch (error) {
    state.login = 'none';
    undoLogin(req, userBefore);
    context.advice.reportFault(error);
    await endSession(context, { userId, handle }).catch(context.options.onError);
    throw error;
  }
}

/** Undoes a failed login: nobody stays signed in, and the next sign-in gets its own grant. */
function undoLogin(req: Request, userBefore: string | undefined): void {
  const session: object | undefined = req.session;
  if (session === undefined || session === null) return;
  Reflect.deleteProperty(session, 'regenerate');
  if (JSON.stringify(signedInUser(req)) !== userBefore) forgetSignedInUser(req);
}

/** The grant that the strategy or a page prepared, or a new one for a sign-in by the host. Null if the user has no account. */
async function toExpected(
  context: HttpContext,
  req: Request,
  { user, isUserSignedIn }: SeenLogin,
): Promise<ExpectedLogin | null> {
  const state = stateOf(req);
  const { expected } = state;
  state.expected = undefined;
  const account = findAccount(context, user);
  if (account === null) return null;
  if (expected?.grant.userId === account.id) return expected;
  const before = isUserSignedIn ? await signedInBefore(context, req, account) : NOBODY;
  const isFresh = await context.options.isFreshSignIn(req);
  const signIn = { account, before, isFresh, origin: originOf(req), ...recordedChannel(req) };
  return { grant: await beginHostSession(context, signIn), keep: {} };
}

const NOBODY: SignedInBefore = { kind: 'nobody' };

/** Null if the user cannot be read. The guard reports that error; a login without the guard continues. */
function findAccount({ directory }: HttpContext, user: Express.User): Account | null {
  try {
    return directory.accountOf(user);
  } catch {
    return null;
  }
}

async function signedInBefore(context: HttpContext, req: Request, account: Account): Promise<SignedInBefore> {
  const sessionData = findSessionData(req);
  if (sessionData.session === undefined) return { kind: 'somebody' };
  const same = sessionData.session.userId === account.id;
  const session = same
    ? await resolveGrant(context, req, { session: sessionData.session, account })
    : sessionData.session;
  return { kind: 'session', subject: toSessionSubject(session, account.organizationId, sessionData) };
}

/** Adds the grant to the new session before Passport saves it. */
function armRegenerate(context: HttpContext, req: Request, granted: GrantedLogin): void {
  const before = requireSession(req);
  restoreReturnTo(context, req);
  const { returnTo } = before;
  const own = before.regenerate?.bind(before);
  before.regenerate = function regenerateWithGrant(done) {
    // End the old session only now: a host may check the password without signing anybody in.
    endReplacedSession(context, req, granted.grant);
    // With `keepSessionInfo`, Passport copies the old session into the new one. Remove our data first.
    Reflect.deleteProperty(before, 'mfa');
    Reflect.deleteProperty(before, 'regenerate');
    stateOf(req).savesNext = true;
    makeNewSession(req, own, function keepGrant(error: unknown) {
      if (!isFailure(error)) {
        putGrant(context, req, granted);
        // `keepSessionInfo` copies the old cookie expiry; restore the new one.
        if (stateOf(req).ownCookie !== undefined) before.cookie = req.session.cookie;
        if (returnTo !== undefined) req.session.returnTo = returnTo;
      }
      done(error);
    });
    return before;
  };
}

function putGrant(context: HttpContext, req: Request, { keep, session, grant }: GrantedLogin): void {
  const granted = { ...session, grantedIn: sessionIdStart(req) };
  writeSessionData(req, { ...keep, ...unconfirmedBrowserOf(req), session: granted });
  endCookieWithGrant(context, req, grant);
}

/** Creates a new session id if Passport did not: before 0.6, or if the host replaced `req.logIn`. The host's own data is kept. */
async function ensureGranted(
  context: HttpContext,
  req: Request,
  granted: GrantedLogin & { readonly idBefore: string },
): Promise<void> {
  const { session } = findSessionData(req);
  if (session?.handle === granted.session.handle) return;
  if (req.sessionID === granted.idBefore) {
    endReplacedSession(context, req, granted.grant);
    const { cookie: _cookie, mfa: _mfa, ...data } = requireSession(req);
    Reflect.deleteProperty(requireSession(req), 'regenerate');
    stateOf(req).savesNext = true;
    await regenerate(req);
    Object.assign(requireSession(req), data);
  }
  putGrant(context, req, granted);
  await saveSession(req);
}

/** Signs a user in at the end of our login: a new id, Passport’s user and our claims in one write. */
export function grantSession(
  req: Request,
  { user, ...expected }: ExpectedLogin & { readonly user: Express.User },
): Promise<void> {
  if (typeof req.logIn !== 'function') throw new MfaError('session-missing', NO_PASSPORT);
  stateOf(req).expected = expected;
  return settle((done) => req.logIn(user, done));
}

const NO_PASSPORT =
  'req.logIn is missing. Put passport.initialize() and passport.session() between the session middleware and mfa.pages().';

/**
 * A host creates a new session to sign the user out, or to continue under another id with copied data. We learn only later
 * which of the two it was. So the new session gets the claims of the old one, and anything that ended the old one ends it too.
 */
export function carryGrant(context: HttpContext, req: Request): () => void {
  const { session, madeAfter } = findSessionData(req);
  const { res } = req;
  if (res !== undefined && (session !== undefined || hasSignedInUser(req))) endWhenLeft(context, req, res);
  if (session === undefined && madeAfter === undefined) return () => undefined;
  return () =>
    writeSessionData(req, {
      ...(session === undefined ? {} : { session }),
      ...(madeAfter === undefined ? {} : { madeAfter }),
    });
}
