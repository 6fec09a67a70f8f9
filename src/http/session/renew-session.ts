import type { NextFunction, Request, Response } from 'express';
import type { Decision } from '../../core/decision/decide';
import { isAdoptedHandle, isStartUnknown } from '../../core/decision/session-lifetime';
import { MfaError } from '../../core/errors';
import { endSession } from '../../flows/sessions/end-sessions';
import type { HttpContext } from '../kernel/http-context';
import { stateOf, toError, type RequestIdentity } from '../kernel/request';
import { requireSession, updateSessionData } from './session-data';

type Done = (error?: unknown) => void;

/** Replaces the session by an empty one with a new id. The caller updates the list of sessions. */
export function regenerate(req: Request): Promise<void> {
  const session = requireSession(req);
  return renewing(req, () => settle((done) => makeNewSession(req, session.regenerate?.bind(session), done)));
}

/** Creates a session with a new id and the data that `fill` writes. It is stored when the promise resolves. */
export async function renewSession(req: Request, fill: () => void): Promise<void> {
  stateOf(req).savesNext = true;
  await regenerate(req);
  fill();
  await saveSession(req);
}

/** Marks a change of the session id as ours, so that nothing is copied from the old session. */
export async function renewing<Result>(req: Request, act: () => Promise<Result>): Promise<Result> {
  const state = stateOf(req);
  state.renewing += 1;
  try {
    return await act();
  } finally {
    state.renewing -= 1;
  }
}

/**
 * Calls the session's own `regenerate`. If a host replaced it with a function that keeps the id, the store creates the new
 * session. If that fails too, throws: an attacker may have chosen the id (session fixation).
 */
export function makeNewSession(req: Request, own: ((done: Done) => unknown) | undefined, done: Done): void {
  const before = req.sessionID;
  const isNew = () => req.sessionID !== before && req.session !== undefined && req.session !== null;
  const finish: Done = (error) => {
    if (isFailure(error)) done(error);
    else if (isNew()) done(null);
    else done(notRenewed());
  };
  const { sessionStore } = req;
  const byStore: Done = (error) => {
    if (isFailure(error) || isNew() || typeof sessionStore?.regenerate !== 'function') finish(error);
    else sessionStore.regenerate(req, finish);
  };
  if (own === undefined) byStore(null);
  else own(byStore);
}

function notRenewed(): MfaError {
  return new MfaError(
    'session-not-renewed',
    'req.session.regenerate() left the session id as it was, so nobody can be signed in safely. Use express-session or mfa.sessions(), and remove the code that replaces `regenerate`.',
  );
}

export function isFailure(error: unknown): boolean {
  return error !== undefined && error !== null;
}

/** Turns a function that takes a callback into a promise. */
export function settle(act: (done: Done) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => {
      if (isFailure(error)) reject(toError(error));
      else resolve();
    });
  });
}

export function saveSession(req: Request): Promise<void> {
  const session = requireSession(req);
  const { mfa: text } = session;
  return new Promise((resolve, reject) => {
    session.save((error: unknown) => {
      if (isFailure(error)) {
        reject(
          new MfaError('store-unavailable', 'The session store could not save the session.', {
            cause: error,
          }),
        );
        return;
      }
      if (session.mfa === text) stateOf(req).unstoredIn = undefined;
      resolve();
    });
  });
}

/** Saves the session if this request has changed it and not saved it since. */
export async function storeChanges(req: Request): Promise<void> {
  if (hasUnstoredChanges(req)) await saveSession(req);
}

function hasUnstoredChanges(req: Request): boolean {
  return stateOf(req).unstoredIn === req.sessionID && req.sessionID !== undefined;
}

/** express-session sends the headers before it saves: a browser that follows a redirect at once would read the old session. */
export function answerOnceStored(req: Request, res: Response, next: NextFunction): void {
  const end: Response['end'] = res.end.bind(res);
  const send = (args: readonly unknown[]): void => {
    res.end = end;
    Reflect.apply(end, undefined, isRedirect(res) ? withoutBody(res) : args);
  };
  let held = false;
  res.end = function endOnceStored(...args: readonly unknown[]) {
    if (held) return res;
    if (!hasUnstoredChanges(req)) {
      send(args);
      return res;
    }
    held = true;
    storeChanges(req)
      .then(() => send(args))
      .catch((error: unknown) => {
        res.end = end;
        removeAnswerHeaders(res);
        next(error);
      });
    return res;
  };
}

const isRedirect = (res: Response): boolean =>
  res.statusCode >= 300 && res.statusCode < 400 && res.hasHeader('Location');

/**
 * express-session delays the headers of a response without a body until it has saved or touched the session. Some stores write
 * the whole session on `touch`, which could overwrite changes of the next request.
 */
function withoutBody(res: Response): readonly [] {
  if (res.headersSent) return [];
  res.removeHeader('Content-Type');
  res.setHeader('Content-Length', '0');
  return [];
}

function removeAnswerHeaders(res: Response): void {
  if (res.headersSent) return;
  for (const name of ['Location', 'Content-Disposition', 'Content-Length', 'ETag']) res.removeHeader(name);
}

/** It stores what had been ended by then. If the host signs in without us, this shows that the session is newer. */
export async function replaceEndedSession(
  context: HttpContext,
  req: Request,
  { identity, isLive }: { readonly identity: RequestIdentity; readonly isLive: boolean },
): Promise<void> {
  if (identity.kind === 'anonymous' || identity.subject.phase === 'pending') return regenerate(req);
  const { userId, organizationId, ownerId } = identity.subject;
  if (isLive) await endSession(context, { userId, handle: ownerId });
  const [member, policy] = await Promise.all([
    context.records.findMember(userId, organizationId),
    context.records.findPolicy(organizationId),
  ]);
  await regenerate(req);
  const madeAfter = {
    userId,
    user: { epoch: member.epoch, sessionsEndedAt: member.sessionsEndedAt },
    organizationId,
    organization: { epoch: policy.epoch, sessionsEndedAt: policy.sessionsEndedAt },
  };
  updateSessionData(req, { madeAfter });
}

/** Asking again would be a redirect loop, without a click if a provider signs people in automatically. */
export function preventSignInLoop(
  { options }: HttpContext,
  { identity, decision }: { readonly identity: RequestIdentity; readonly decision: Decision },
): Decision {
  if (decision.because !== 'sign-in-too-old' || identity.kind === 'anonymous') return decision;
  const { ownerId } = identity.subject;
  if (!isAdoptedHandle(ownerId) || isStartUnknown(ownerId)) return decision;
  options.onError(
    new Error(
      'A user without a password signed in, but this package did not see the sign-in, so its time is unknown. Call mfa.recordFirstFactor(req) after the sign-in.',
    ),
  );
  return { outcome: 'deny', because: 'sign-in-unseen' };
}
