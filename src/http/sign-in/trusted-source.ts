import type { Request } from 'express';
import { usernameKey } from '../../core/address/network-address';
import { isBrowserOf } from '../../core/member/remembered-browser';
import { hashToken } from '../../core/proof/bearer-token';
import type { FirstStep } from '../../flows/challenge/first-step';
import type { HttpContext } from '../kernel/http-context';
import { readBrowserCookie } from '../session/remembered-browser-cookie';
import { readSessionData } from '../session/session-data';

/**
 * What tells a sign-in from a stranger's before the password is judged: a session of the person whose name it is, or a browser that
 * they had remembered. It earns a count of its own and nothing else. Null where there is neither.
 */
export function trustedSourceOf(context: HttpContext, req: Request, username: string): string | null {
  const name = usernameKey(username);
  const handle = ownSession(context, req, name);
  if (handle !== null) return sourceOfSession(handle);
  const browser = readBrowserCookie(context, req);
  return browser !== null && isBrowserOf(context.keyRing, browser.id, name) ? `browser:${browser.id}` : null;
}

/** The session of somebody who is asked for the password again. */
export function sourceOfSession(handle: string): string {
  return `session:${handle}`;
}

function ownSession(context: HttpContext, req: Request, name: string): string | null {
  if (req.user === undefined || req.user === null || req.session?.mfa === undefined) return null;
  const { session } = readSessionData(req);
  if (session === undefined) return null;
  const { username } = context.directory.accountOf(req.user);
  return usernameKey(username) === name ? session.handle : null;
}

/** Two clicks on one form are not further apart, with a slow network between them and us. */
const SECONDS = 10;

/**
 * How a second click on a sign-in form is told from another sign-in: it comes from the same address, with the same cookies, from a
 * program of the same name and language.
 */
export function firstStepOf(context: HttpContext, req: Request, userId: string): FirstStep {
  const { 'user-agent': userAgent = '', 'accept-language': languages = '', cookie = '' } = req.headers;
  const browser = [req.ip ?? '', userAgent, languages, cookie];
  const login = req.session?.mfa === undefined ? undefined : readSessionData(req).login;
  return {
    mark: hashToken(context.keyRing, 'first-step', [userId, ...browser]),
    seconds: SECONDS,
    pendingId: login?.userId === userId ? login.pendingId : null,
  };
}
