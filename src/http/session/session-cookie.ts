import type { Request } from 'express';
import { connectionOf, refuseConnection } from '../kernel/connection';
import type { HttpContext } from '../kernel/http-context';
import { stateOf } from '../kernel/request';
import { requireSession } from './session-data';

/**
 * Throws `connection-insecure` where express-session would begin a session and not send its cookie: after the right password
 * the person would be asked to sign in again, and nothing would say why.
 */
export function requireSessionCookie(context: HttpContext, req: Request): void {
  if (requireSession(req).cookie?.secure !== true) return;
  const connection = connectionOf(req);
  // A session of the host may be told to believe the proxy by its option `proxy`, which nobody else can see.
  const isSent =
    connection === 'secure' || (connection === 'claimed' && stateOf(req).ownCookie === undefined);
  if (!isSent) throw refuseConnection(req, context.options);
}
