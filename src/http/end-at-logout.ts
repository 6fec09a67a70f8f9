import type { Request, Response } from 'express';
import { endSession, noteSessionsEnded } from '../flows/end-sessions';
import type { HttpContext } from './http-context';
import { stateOf } from './request-state';
import { signedInUser } from './signed-in-user';
import { findSlot, updateSlot } from './session-slot';
import type { SessionGrantSlot } from './session-slot';

/** The host's own log-out knows nothing of our list: once it has answered, the session it ended goes from there too. */
export function endAtLogout(context: HttpContext, req: Request, res: Response): void {
  const grant = findSlot(req).session;
  if (grant !== undefined) endWhenLeft(context, req, { res, grant });
  else if (req.user !== undefined && req.user !== null) noteWhenLeft(context, req, { res, user: req.user });
}

/** Ends the session if nobody, or somebody else, is signed in in it once the request is answered. */
export function endWhenLeft(
  context: HttpContext,
  req: Request,
  { res, grant }: { readonly res: Response; readonly grant: SessionGrantSlot },
): void {
  const stays = rememberSignIn(req);
  res.once('close', function endListedSession() {
    if (stays() && findSlot(req).session?.handle === grant.handle) return;
    endSession(context, grant).catch(context.options.onError);
  });
}

function noteWhenLeft(
  context: HttpContext,
  req: Request,
  { res, user }: { readonly res: Response; readonly user: Express.User },
): void {
  const stays = rememberSignIn(req);
  res.once('close', function noteSessionLeft() {
    if (!stays()) noteLeaver(context, user).catch(context.options.onError);
  });
}

/** Whether the same person is still signed in later in this request. */
function rememberSignIn(req: Request): () => boolean {
  const { sessionID } = req;
  const before = JSON.stringify(signedInUser(req));
  return () => {
    if (req.user === undefined || req.user === null || req.session === undefined) return false;
    if (before !== undefined) return JSON.stringify(signedInUser(req)) === before;
    return req.sessionID === sessionID;
  };
}

/**
 * Passport is about to log somebody out. The session ends at once, so that a request that began before stores nothing that would still
 * be good; a failure does not block the log-out.
 */
export function leaveAtLogOut(context: HttpContext, req: Request): Promise<void> {
  const grant = findSlot(req).session;
  if (grant !== undefined) {
    updateSlot(req, { session: undefined });
    return endSession(context, grant).then(() => undefined, context.options.onError);
  }
  const { leaver } = stateOf(req);
  const serialized = signedInUser(req);
  const noted =
    leaver === undefined || leaver === null
      ? noteSerialized(context, serialized)
      : noteLeaver(context, leaver);
  return noted.catch(context.options.onError);
}

/** A session without a grant can be told from a later one by when it ended alone. */
async function noteLeaver(context: HttpContext, user: Express.User): Promise<void> {
  await noteSessionsEnded(context, context.directory.accountOf(user).id);
}

/** Most hosts serialize the id. */
async function noteSerialized(context: HttpContext, serialized: unknown): Promise<void> {
  if (typeof serialized !== 'string' && typeof serialized !== 'number') return;
  const known = await context.directory.find(String(serialized));
  if (known !== undefined) await noteSessionsEnded(context, known.account.id);
}
