import type { Request, Response } from 'express';
import type { SessionData } from 'express-session';
import { endSession, noteSessionsEnded } from '../../flows/sessions/end-sessions';
import type { HttpContext } from '../kernel/http-context';
import { signedInUser, stateOf } from '../kernel/request';
import { findSessionData, updateSessionData } from './session-data';
import { parseSessionData, type SessionClaims } from './session-data-text';

/** After the response, because the host's own log-out does not know our list. */
export function endWhenLeft(context: HttpContext, req: Request, res: Response): void {
  const grant = findSessionData(req).session;
  const serialized = signedInUser(req);
  const { user } = req;
  const stays = watchSignIn(req);
  res.once('close', function endListedSession() {
    if (stays() && (grant === undefined || findSessionData(req).session?.handle === grant.handle)) return;
    const left = grant === undefined ? recordLogOut(context, user, serialized) : endSession(context, grant);
    left.catch(context.options.onError);
  });
}

/** Whether the same person is still signed in later in this request. */
function watchSignIn(req: Request): () => boolean {
  const { sessionID } = req;
  const before = JSON.stringify(signedInUser(req));
  return () => {
    if (req.user === undefined || req.user === null || req.session === undefined) return false;
    if (before !== undefined) return JSON.stringify(signedInUser(req)) === before;
    return req.sessionID === sessionID;
  };
}

/** Before Passport signs the person out, so that a request that began earlier cannot store a valid session again. */
export function endSessionAtLogOut(context: HttpContext, req: Request): Promise<void> {
  const grant = findSessionData(req).session;
  if (grant !== undefined) {
    updateSessionData(req, { session: undefined });
    return endSession(context, grant).then(() => undefined, context.options.onError);
  }
  return recordLogOut(context, stateOf(req).userLoggingOut, signedInUser(req)).catch(context.options.onError);
}

/** Ends a stored session that is about to be destroyed. */
export function endStoredSession(context: HttpContext, data: SessionData | null | undefined): Promise<void> {
  const grant = grantIn(data?.mfa);
  const left =
    grant === undefined
      ? recordLogOut(context, undefined, signedInUser({ session: data }))
      : endSession(context, grant).then(() => undefined);
  return left.catch(context.options.onError);
}

function grantIn(text: unknown): SessionClaims | undefined {
  try {
    return typeof text === 'string' ? parseSessionData(text).session : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A session without our claims can only be ended by recording the time of the log-out for its user. Most hosts serialize the
 * user's id.
 */
async function recordLogOut(
  context: HttpContext,
  user: Express.User | null | undefined,
  serialized: unknown,
): Promise<void> {
  if (user !== undefined && user !== null) {
    await noteSessionsEnded(context, context.directory.accountOf(user).id);
    return;
  }
  if (typeof serialized !== 'string' && typeof serialized !== 'number') return;
  const known = await context.directory.find(String(serialized));
  if (known !== undefined) await noteSessionsEnded(context, known.account.id);
}
