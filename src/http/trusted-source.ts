import type { Request } from 'express';
import { isBrowserOf } from '../core/browser-id';
import { usernameKey } from '../core/username-key';
import type { HttpContext } from './http-context';
import { readBrowserCookie } from './remembered-browser-cookie';
import { readSlot } from './session-slot';

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
  const { session } = readSlot(req);
  if (session === undefined) return null;
  const { username } = context.directory.accountOf(req.user);
  return usernameKey(username) === name ? session.handle : null;
}
