import type { Request } from 'express';
import { MfaError } from '../../core/errors';
import { endSession } from '../../flows/sessions/end-sessions';
import { beginHostSession, type SignedInBefore } from '../../flows/sign-in/host-login';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import {
  forgetSignedInUser,
  isSomebodyIn,
  originOf,
  signedInUser,
  stateOf,
  type ExpectedLogin,
} from '../kernel/request';
import { restoreReturnTo } from '../sign-in/return-to';
import { resolveGrant, toSessionSubject } from './adopt-session';
import { endWhenLeft } from './end-when-left';
import {
  channelNoted,
  endCookieWithGrant,
  leaveSession,
  register,
  toSessionClaims,
} from './establish-session';
import { browserGiven } from './remembered-browser-cookie';
import { isFailure, makeNewSession, regenerate, renewing, saveSession, settle } from './renew-session';
import {
  findSessionData,
  requireSession,
  requireSessionId,
  sessionMark,
  writeSessionData,
} from './session-data';
import type { SessionClaims } from './session-data-text';

/** A login of Passport’s that is about to be made. */
export interface SeenLogin {
  readonly user: Express.User;
  /** Whether somebody is signed in already in the session that goes. */
  readonly somebodyIn: boolean;
  /** Makes it, as Passport or the host does. */
  readonly begin: () => Promise<void>;
}

type GrantedLogin = ExpectedLogin & { readonly session: SessionClaims };

/**
 * Makes a login of Passport or the host so that its session carries our claims from the first write. So everything that ends sessions ends
 * this one too.
 */
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
    takeBack(req, userBefore);
    context.advice.reportFault(error);
    await endSession(context, { userId, handle }).catch(context.options.onError);
    throw error;
  }
}

/** Undoes a login that failed: nobody stays signed in, and the next sign-in gets a grant of its own. */
function takeBack(req: Request, userBefore: string | undefined): void {
  const session: object | undefined = req.session;
  if (session === undefined || session === null) return;
  Reflect.deleteProperty(session, 'regenerate');
  if (JSON.stringify(signedInUser(req)) !== userBefore) forgetSignedInUser(req);
}

/** The grant that the strategy or a page prepared, or that of a sign-in by the host. Null if the user has no account. */
async function toExpected(
  context: HttpContext,
  req: Request,
  { user, somebodyIn }: SeenLogin,
): Promise<ExpectedLogin | null> {
  const state = stateOf(req);
  const { expected } = state;
  state.expected = undefined;
  const account = findAccount(context, user);
  if (account === null) return null;
  if (expected?.grant.userId === account.id) return expected;
  const before = somebodyIn ? await signedInBefore(context, req, account) : NOBODY;
  const isFresh = await context.options.isFreshSignIn(req);
  const signIn = { account, before, isFresh, origin: originOf(req), ...channelNoted(req) };
  return { grant: await beginHostSession(context, signIn), keep: {} };
}

const NOBODY: SignedInBefore = { kind: 'nobody' };

/** Null if the user cannot be read. The guard reports that; a login outside the guard continues. */
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

/** Puts the grant into the session that Passport makes before it saves it. */
function armRegenerate(context: HttpContext, req: Request, granted: GrantedLogin): void {
  const before = requireSession(req);
  restoreReturnTo(context, req);
  const { returnTo } = before;
  const own = before.regenerate?.bind(before);
  before.regenerate = function regenerateWithGrant(done) {
    // Only now: a host may check the password and sign nobody in.
    leaveSession(context, req, granted.grant);
    // With `keepSessionInfo` Passport copies what is left of the old session over the new one: not ours.
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
  context.csrf.leaveVisitor(req);
  const granted = { ...session, grantedIn: sessionMark(req) };
  writeSessionData(req, { ...keep, ...browserGiven(req), session: granted });
  endCookieWithGrant(context, req, grant);
}

/**
 * Makes a new session id if Passport did not: before 0.6, or if the host replaced `req.logIn`. The host's own data stays.
 */
async function ensureGranted(
  context: HttpContext,
  req: Request,
  granted: GrantedLogin & { readonly idBefore: string },
): Promise<void> {
  const { session } = findSessionData(req);
  if (session?.handle === granted.session.handle) return;
  if (req.sessionID === granted.idBefore) {
    leaveSession(context, req, granted.grant);
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
  'There is no req.logIn. Put passport.initialize() and passport.session() between the session middleware and mfa.pages().';

/**
 * A host makes a new session: to sign somebody out, or to go on under another id with what it copies. Which of the two shows only later.
 * So the new session is marked as the one that follows, and nothing that ended the old one is forgotten.
 */
export function carryGrant(context: HttpContext, req: Request): () => void {
  const { session, madeAfter } = findSessionData(req);
  const { res } = req;
  if (res !== undefined && (session !== undefined || isSomebodyIn(req))) endWhenLeft(context, req, res);
  if (session === undefined && madeAfter === undefined) return () => undefined;
  return () =>
    writeSessionData(req, {
      ...(session === undefined ? {} : { session }),
      ...(madeAfter === undefined ? {} : { madeAfter }),
    });
}
