import type { Request } from 'express';
import 'express-session';
import { MfaError } from '../../core/errors';
import { stateOf } from '../kernel/request';
import {
  formatSessionData,
  parseSessionData,
  type MfaSessionData,
  type SessionDataChange,
} from './session-data-text';

/** With `keepSessionInfo`, Passport copies one session into the next. What was proven in one is not proven in the other. */
export function sessionIdStart({ sessionID }: Pick<Request, 'sessionID'>): string {
  return sessionID.slice(0, 8);
}

declare module 'express-session' {
  interface SessionData {
    /** Our data as one text: express-session walks every value of a session several times per request. */
    mfa?: string;
    returnTo?: string;
  }
}

const EMPTY: MfaSessionData = {};

export function readSessionData(req: Request): MfaSessionData {
  const { mfa: text } = requireSession(req);
  if (text === undefined) return EMPTY;
  const state = stateOf(req);
  if (state.sessionData?.text === text) return state.sessionData.sessionData;
  const sessionData = parseSessionData(text);
  state.sessionData = { text, sessionData };
  return sessionData;
}

/** Like `readSessionData`, but empty if there is no session or it cannot be read. */
export function findSessionData(req: Request): MfaSessionData {
  try {
    return readSessionData(req);
  } catch {
    return EMPTY;
  }
}

export function writeSessionData(req: Request, sessionData: MfaSessionData): void {
  writeText(req, formatSessionData(sessionData));
}

/** Changes some fields and keeps the rest; `undefined` removes a field. */
export function updateSessionData(req: Request, change: SessionDataChange): void {
  writeText(req, formatSessionData({ ...readSessionData(req), ...change }));
}

function writeText(req: Request, text: string): void {
  const session = requireSession(req);
  if (session.mfa === text) return;
  session.mfa = text;
  markUnstored(req);
}

/** The session was changed and must be saved before the response. */
export function markUnstored(req: Request): void {
  stateOf(req).unstoredIn = req.sessionID;
}

/** Throws if there is no session object, so that no request is let through without one. */
export function requireSession(req: Request): NonNullable<Request['session']> {
  const session: Request['session'] | undefined = req.session;
  if (session === undefined || session === null) {
    throw new MfaError(
      'session-missing',
      'req.session is missing. Put mfa.sessions() or express-session before the MFA middleware, and check that its store is up.',
    );
  }
  return session;
}

/** A session stored in a cookie has no id and cannot be ended: a copy of the cookie would revive it. */
export function requireSessionId(req: Request): void {
  const session = requireSession(req);
  if (typeof req.sessionID === 'string' && typeof session.save === 'function') return;
  throw new MfaError(
    'session-missing',
    'req.session has no id. For example, cookie-session stores the session in the browser, where it cannot be ended. Use mfa.sessions() or express-session instead.',
  );
}
