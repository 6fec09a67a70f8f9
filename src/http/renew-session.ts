import type { Request } from 'express';
import { MfaError } from '../errors';
import { stateOf } from './request-state';
import { requireSession } from './session-slot';
import { saveSession } from './store-session';
import { toError } from './to-error';

type Done = (error?: unknown) => void;

/** The session ends, and an empty one with a new id takes its place. What the list says of the old one is for the caller. */
export function regenerate(req: Request): Promise<void> {
  const session = requireSession(req);
  return renewing(req, () => settle((done) => makeNewSession(req, session.regenerate?.bind(session), done)));
}

/** A new id for what `fill` writes, stored when this resolves. */
export async function renewSession(req: Request, fill: () => void): Promise<void> {
  stateOf(req).savesNext = true;
  await regenerate(req);
  fill();
  await saveSession(req);
}

/** Marks a change of the session id as ours: nothing of the session before is carried over. */
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
 * Calls the session's own `regenerate`. Where that leaves the id as it was, because a host replaced it with one that does nothing,
 * the store makes the new session; where there is none, nobody is signed in under an id that an attacker may have chosen.
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
    'req.session.regenerate() left the session id as it was, so nobody can be signed in safely. Use express-session or mfa.sessions(), and remove what replaces `regenerate`.',
  );
}

export function isFailure(error: unknown): boolean {
  return error !== undefined && error !== null;
}

/** A promise of what takes a callback. */
export function settle(act: (done: Done) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => {
      if (isFailure(error)) reject(toError(error));
      else resolve();
    });
  });
}
