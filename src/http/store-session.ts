import type { NextFunction, Request, Response } from 'express';
import { MfaError } from '../errors';
import { stateOf } from './request-state';
import { requireSession } from './session-slot';

/** Resolves when the session is in its store. */
export function saveSession(req: Request): Promise<void> {
  const session = requireSession(req);
  const { mfa: text } = session;
  return new Promise((resolve, reject) => {
    session.save((error: unknown) => {
      if (error !== undefined && error !== null) {
        reject(
          new MfaError('store-unavailable', 'The session store did not take the session.', { cause: error }),
        );
        return;
      }
      if (session.mfa === text) stateOf(req).unstoredIn = undefined;
      resolve();
    });
  });
}

/** Saves the session where this request changed it and nobody has saved it since. */
export async function storeChanges(req: Request): Promise<void> {
  if (hasUnstoredChanges(req)) await saveSession(req);
}

function hasUnstoredChanges(req: Request): boolean {
  return stateOf(req).unstoredIn === req.sessionID && req.sessionID !== undefined;
}

/**
 * Holds the answer of this request back until the session is stored. express-session sends the head of an answer before it
 * saves, and a browser follows a redirect as soon as it has read the head: the next request would find the session as it was.
 * A store that fails is an error, passed to `next`, and nothing is announced.
 */
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
        takeBack(res);
        next(error);
      });
    return res;
  };
}

const isRedirect = (res: Response): boolean =>
  res.statusCode >= 300 && res.statusCode < 400 && res.hasHeader('Location');

/**
 * express-session keeps the head of an answer without a body until it has saved or touched the session. Some stores write the
 * whole session where they only touch it, and would undo what the next request has changed meanwhile.
 */
function withoutBody(res: Response): readonly [] {
  if (res.headersSent) return [];
  res.removeHeader('Content-Type');
  res.setHeader('Content-Length', '0');
  return [];
}

/** What the answer that is not sent said. */
function takeBack(res: Response): void {
  if (res.headersSent) return;
  for (const name of ['Location', 'Content-Disposition', 'Content-Length', 'ETag']) res.removeHeader(name);
}
