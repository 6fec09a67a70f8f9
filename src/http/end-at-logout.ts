import type { Request, Response } from 'express';
import type { HttpContext } from './http-context';
import { readSlot } from './session-slot';
import type { SessionGrantSlot } from './session-slot';

/** The host's own log-out knows nothing of our list: once it has answered, the session it ended goes from there too. */
export function endAtLogout(context: HttpContext, req: Request, res: Response): void {
  const grant = findGrant(req);
  if (grant === undefined) return;
  const { userId, handle } = grant;
  res.once('finish', function endListedSession() {
    const stayed = req.user !== undefined && req.user !== null && findGrant(req)?.handle === handle;
    if (!stayed) context.state.endSession(userId, handle).catch(context.options.onError);
  });
}

function findGrant(req: Request): SessionGrantSlot | undefined {
  return typeof req.session?.mfa === 'string' ? readSlot(req).session : undefined;
}
