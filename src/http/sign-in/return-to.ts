import type { Request, Response } from 'express';
import { parseLocalPath } from '../../core/text/typed-text';
import type { HttpContext } from '../kernel/http-context';
import { isBrowserNavigation, isPrefetch } from '../kernel/representation';
import { requestedReturnTo, withQuery, type RequestIdentity } from '../kernel/request';
import { markUnstored, readSessionData, requireSession } from '../session/session-data';

/*
 * Many sign-in pages read the path to return to from `req.session.returnTo`: connect-ensure-login writes it, Passport's
 * `successReturnToOrRedirect` reads it. So the guard writes it too. Writing it creates a session, so it is done only if there
 * is a session already, or if the browser marks the request as opening a page. Otherwise a cookie stores the path until the
 * sign-in, so that other requests need no storage.
 */
const SAVED_SECONDS = 900;
/** Browsers reject cookies of more than 4,096 characters. */
const LONGEST_PATH = 1500;

type Context = Pick<HttpContext, 'options'>;

/** Only for a sign-in page of the host. Our own page gets the path in its URL. */
export function saveReturnTo({ options }: Context, req: Request, res: Response, path: string | null): void {
  const isOurs = options.loginPath.split('?')[0] === `${options.pagesPath}/login`;
  if (isOurs || path === null || req.method !== 'GET' || isPrefetch(req)) return;
  const session = requireSession(req);
  if (isBrowserNavigation(req) || holdsAnything(session)) {
    session.returnTo = path;
    markUnstored(req);
  } else if (path.length <= LONGEST_PATH) {
    res.cookie(cookieName(options), path, { ...attributesOf(options), maxAge: SAVED_SECONDS * 1000 });
  }
}

/** The path that this visitor wanted to open, if the host or the guard has stored it. */
export function findSavedReturnTo({ options }: Context, req: Request): string | null {
  const session: Request['session'] | undefined = req.session;
  return parseLocalPath(session?.returnTo) ?? readCookie(options, req);
}

/** Moves the path from the cookie to the session, where the host reads it. */
export function restoreReturnTo({ options }: Context, req: Request): void {
  const kept = readCookie(options, req);
  if (kept === null) return;
  if (req.session.returnTo === undefined) req.session.returnTo = kept;
  clearCookie(options, req);
}

/** Clears the cookie after the login has taken over the path. */
export function clearSavedReturnTo({ options }: Context, req: Request): void {
  if (readCookie(options, req) !== null) clearCookie(options, req);
}

type Options = HttpContext['options'];

/** Over TLS, the prefix prevents other hosts of the domain from setting the cookie (RFC 6265bis, section 4.1.3.2). */
function cookieName({ secure }: Options): string {
  return secure ? '__Host-mfa-return-to' : 'mfa-return-to';
}

function attributesOf({ secure }: Options) {
  return { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
}

function clearCookie(options: Options, { res }: Request): void {
  if (res?.headersSent === false) res.clearCookie(cookieName(options), attributesOf(options));
}

function readCookie(options: Options, req: Request): string | null {
  const prefix = `${cookieName(options)}=`;
  const pairs = (req.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  const value = pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length);
  try {
    return value === undefined ? null : parseLocalPath(decodeURIComponent(value));
  } catch {
    return null;
  }
}

function holdsAnything(session: object): boolean {
  return Object.keys(session).some((key) => key !== 'cookie');
}

/** The host's route that finishes this login after the second step; null if our pages finish it. */
export function resumePathOf(req: Request): string | null {
  const { login, host } = readSessionData(req);
  return login === undefined ? null : (host?.resumePath ?? null);
}

/** The final destination of the visitor. The host's own route comes first, so no `returnTo` can skip it. */
export function findReturnTo(req: Request): string | null {
  return resumePathOf(req) ?? requestedReturnTo(req) ?? parseLocalPath(readSessionData(req).returnTo);
}

/** A fixed word in the URL, so that a link made by an attacker can only show one of our own messages. */
const REASONS = [
  'session-expired',
  'session-ended',
  'sign-in-too-old',
  'login-expired',
  'login-ended',
] as const;

type SignInReason = (typeof REASONS)[number];

export function toSignInReason(word: unknown): SignInReason | null {
  return REASONS.find((reason) => reason === word) ?? null;
}

/** A pending login is not a session yet, so it has its own reasons. */
const OF_LOGIN: ReadonlyMap<string, SignInReason> = new Map([
  ['session-expired', 'login-expired'],
  ['session-ended', 'login-ended'],
]);

export function reasonFor(identity: RequestIdentity, because: string): string {
  const pending = identity.kind === 'known' && identity.subject.phase === 'pending';
  return (pending ? OF_LOGIN.get(because) : undefined) ?? because;
}

export function signInPath(
  loginPath: string,
  again: { readonly because: string; readonly returnTo: string | null },
): string {
  return withQuery(loginPath, { returnTo: again.returnTo, because: toSignInReason(again.because) });
}
