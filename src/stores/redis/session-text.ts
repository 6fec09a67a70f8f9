import type { SessionData } from 'express-session';
import { readInstant, writeInstant } from '../../core/instant-text';
import { unreadable } from './store-errors';

/*
 * A session is stored as JSON, but for the cookie that `mfa.sessions()` sets: a hundred characters which differ in the end of the
 * session only. In their place stands `expires.originalMaxAge`, with an `S` where the cookie is `Secure`.
 */

const COOKIE_IN_JSON =
  /^\{"cookie":\{"originalMaxAge":(\d+),"expires":"(\d{4}-[\d:T.-]{18}Z)","secure":(true|false),"httpOnly":true,"path":"\/","sameSite":"lax"\}/;
const COOKIE_IN_SHORT = /^([0-9a-z]+)\.([0-9a-z]+)(S?)(?=[,}])/;

export function stringify(session: SessionData): string {
  return JSON.stringify(session).replace(
    COOKIE_IN_JSON,
    (_, maxAge: string, expires: string, secure: string) =>
      `${writeInstant(Date.parse(expires))}.${writeInstant(Number(maxAge))}${secure === 'true' ? 'S' : ''}`,
  );
}

export function parse(text: string): SessionData {
  return JSON.parse(text.startsWith('{') ? text : toJson(text));
}

function toJson(text: string): string {
  const [short, expires = '', maxAge = '', secure] = COOKIE_IN_SHORT.exec(text) ?? [];
  const [endsAt, originalMaxAge] = [readInstant(expires), readInstant(maxAge)];
  if (short === undefined || endsAt === null || originalMaxAge === null) throw unreadable('a session');
  const cookie = {
    originalMaxAge,
    expires: new Date(endsAt),
    secure: secure === 'S',
    httpOnly: true,
    path: '/',
    sameSite: 'lax',
  };
  return `{"cookie":${JSON.stringify(cookie)}${text.slice(short.length)}`;
}
