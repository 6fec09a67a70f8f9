import { RedisStore } from 'connect-redis';
import type { SessionData, Store } from 'express-session';
import { readInstant, writeInstant } from '../../core/proof/evidence-text';
import type { Argument, RedisCommands } from './command-batch';
import { parseObject } from './replies';
import { unreadable } from './store-errors';

/*
 * A session is stored as JSON, but for the cookie that `mfa.sessions()` sets: a hundred characters which differ in the end of the
 * session only. Before the JSON of the rest stands `expires.originalMaxAge`, with an `S` where the cookie is `Secure`.
 */

const SHORT = /^([0-9a-z]+)\.([0-9a-z]+)(S?)(?=\{)/;
const CONSTANT = { httpOnly: true, path: '/', sameSite: 'lax' } as const;
/** What such a cookie never has. */
const ABSENT = ['domain', 'partitioned', 'priority'] as const;

export function stringify(session: SessionData): string {
  const short = writeCookie(session.cookie);
  if (short === null) return JSON.stringify(session);
  const { cookie: _cookie, ...rest } = session;
  return short + JSON.stringify(rest);
}

export function parse(text: string): SessionData {
  if (text.startsWith('{')) return JSON.parse(text);
  const [short, expires = '', maxAge = '', secure] = SHORT.exec(text) ?? [];
  const [endsAt, originalMaxAge] = [readInstant(expires), readInstant(maxAge)];
  if (short === undefined || endsAt === null || originalMaxAge === null) throw unreadable('a session');
  const cookie = { originalMaxAge, expires: new Date(endsAt), secure: secure === 'S', ...CONSTANT };
  return { ...parseObject(text.slice(short.length), 'a session'), cookie };
}

/** Null if it is not one of our cookies. */
function writeCookie(cookie: SessionData['cookie']): string | null {
  const { originalMaxAge, expires, secure, httpOnly, path, sameSite } = cookie;
  if (httpOnly !== CONSTANT.httpOnly || path !== CONSTANT.path || sameSite !== CONSTANT.sameSite) return null;
  if (ABSENT.some((name) => Reflect.get(cookie, name) !== undefined)) return null;
  if (!(expires instanceof Date) || !isWhole(originalMaxAge) || !isWhole(expires.valueOf())) return null;
  if (typeof secure !== 'boolean') return null;
  return `${writeInstant(expires.valueOf())}.${writeInstant(originalMaxAge)}${secure ? 'S' : ''}`;
}

function isWhole(value: number | null): value is number {
  return value !== null && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Sessions of express-session in the same Redis; each key lives as long as its cookie said when it was written. The store
 * speaks through the commands of the other stores, so that it is bounded in time and is written along with what else is
 * asked for.
 */
export function createRedisSessionStore(redis: RedisCommands, prefix: string): Store {
  // What connect-redis calls of an ioredis client.
  const client = {
    get: (key: string) => redis.send('get', key),
    set: (key: string, ...args: readonly Argument[]) => redis.send('set', key, ...args),
    del: (keys: readonly string[]) => redis.send('del', ...keys),
    mget: (keys: readonly string[]) => redis.send('mget', ...keys),
    scan: (...args: readonly Argument[]) => redis.send('scan', ...args),
  };
  const store = new RedisStore({ client, prefix: `${prefix}:session:`, serializer: { parse, stringify } });
  // A session ends when the policy says so, counted from the login: a request must not put its end off, nor cost a write.
  return Object.assign(store, { touch: undefined });
}
