import type { Request, Response } from 'express';
import { parseLocalPath } from '../../core/text/local-path';
import type { HttpContext } from '../kernel/http-context';
import { isBrowserNavigation, isLookingAhead } from '../kernel/representation';
import { requestedReturnTo, withQuery } from '../kernel/request';
import type { RequestIdentity } from '../session/request-identity';
import { markUnstored, readSessionData, requireSession } from '../session/session-data';

/*
 * Many sign-in pages look for the way back in `req.session.returnTo`: connect-ensure-login puts it there, Passport's
 * `successReturnToOrRedirect` reads it. Where the guard leads to such a page, it leaves the way back there too. That begins a
 * session, so it is done only for a browser that says it opens a page, and in a session that there is anyway. For others a cookie
 * keeps it until somebody signs in: a visitor who only looks costs no storage.
 */
const KEPT_SECONDS = 900;
/** Browsers drop a cookie of more than 4,096 characters. */
const LONGEST_PATH = 1500;

type Context = Pick<HttpContext, 'options'>;

/** Only where the host signs people in itself; our own page gets it in its address. */
export function keepReturnTo({ options }: Context, req: Request, res: Response, path: string | null): void {
  const isOurs = options.loginPath.split('?')[0] === `${options.pagesPath}/login`;
  if (isOurs || path === null || req.method !== 'GET' || isLookingAhead(req)) return;
  const session = requireSession(req);
  if (session.returnTo === path) return;
  if (isBrowserNavigation(req) || holdsAnything(session)) {
    session.returnTo = path;
    markUnstored(req);
  } else if (path.length <= LONGEST_PATH) {
    res.cookie(cookieName(options), path, { ...attributesOf(options), maxAge: KEPT_SECONDS * 1000 });
  }
}

/** Where this visitor was going, if anybody has kept it: the host itself or the guard. */
export function findKeptReturnTo({ options }: Context, req: Request): string | null {
  const session: Request['session'] | undefined = req.session;
  return parseLocalPath(session?.returnTo) ?? readCookie(options, req);
}

/** Puts what the cookie kept where the host looks for it; somebody signs in, so there is a session anyway. */
export function restoreReturnTo({ options }: Context, req: Request): void {
  const kept = readCookie(options, req);
  if (kept === null) return;
  if (req.session.returnTo === undefined) req.session.returnTo = kept;
  clearCookie(options, req);
}

/** It was taken along into the login. */
export function forgetKeptReturnTo({ options }: Context, req: Request): void {
  if (readCookie(options, req) !== null) clearCookie(options, req);
}

type Options = HttpContext['options'];

/** Over TLS the prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3.2). */
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

/** Where this visitor's login goes on after the second step, where the host's own route ends it. */
export function resumePathOf(req: Request): string | null {
  const { login, host } = readSessionData(req);
  return login === undefined ? null : (host?.resumePath ?? null);
}

/** Where the steps of this visitor lead in the end: no address can lead around the host's own route. */
export function findReturnTo(req: Request): string | null {
  return resumePathOf(req) ?? requestedReturnTo(req) ?? parseLocalPath(readSessionData(req).returnTo);
}

/**
 * Why a person has to sign in again, as a fixed word in the address of the sign-in page. A link made by an attacker can therefore show only
 * one of our own sentences.
 */
const REASONS = [
  'session-expired',
  'session-ended',
  'sign-in-too-old',
  'login-expired',
  'login-ended',
] as const;

type SignInReason = (typeof REASONS)[number];

/** The word, if it is one of ours; null otherwise. */
export function toSignInReason(word: unknown): SignInReason | null {
  return REASONS.find((reason) => reason === word) ?? null;
}

/** A pending login is no session yet, so it has words of its own. */
const OF_LOGIN: ReadonlyMap<string, SignInReason> = new Map([
  ['session-expired', 'login-expired'],
  ['session-ended', 'login-ended'],
]);

/** The reason as it is for this visitor. */
export function reasonFor(identity: RequestIdentity, because: string): string {
  const pending = identity.kind === 'known' && identity.subject.phase === 'pending';
  return (pending ? OF_LOGIN.get(because) : undefined) ?? because;
}

/** The host's sign-in page or ours, with where to go on to and why. */
export function signInPath(
  loginPath: string,
  again: { readonly because: string; readonly returnTo: string | null },
): string {
  return withQuery(loginPath, { returnTo: again.returnTo, because: toSignInReason(again.because) });
}
