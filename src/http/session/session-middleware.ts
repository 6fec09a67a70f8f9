import type { RequestHandler } from 'express';
import session from 'express-session';
import type { Store } from 'express-session';
import type { HttpContext } from '../kernel/http-context';
import { stateOf } from '../kernel/request';
import { prefetchingSessionStore } from './prefetching-session-store';
import { watchPassport } from './watch-passport';

export interface SessionOptions {
  /** Default: a store in the same place as the state store. */
  readonly store?: Store;
  /** Default `__Host-session` over TLS, `session` without. */
  readonly cookieName?: string;
}

/** Before sign-in: longer than a pending login, but short, because anybody can create any number of sessions. */
const VISITOR_SECONDS = 7200;

/** A session is ended by the decision, not by the expiry of its cookie. */
export function createSessionMiddleware(context: HttpContext, options: SessionOptions = {}): RequestHandler {
  const { secure } = context.options;
  const name = options.cookieName ?? (secure ? '__Host-session' : 'session');
  const middleware = session({
    name,
    store: options.store ?? prefetchingSessionStore(context, context.state.createSessionStore()),
    secret: context.keyRing.all('session').map(({ key }) => key.toString('base64url')),
    resave: false,
    saveUninitialized: false,
    rolling: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: VISITOR_SECONDS * 1000 },
  });
  return function mfaSessions(req, res, next) {
    stateOf(req).ownCookie = name;
    optimizeAddingProperties(req, 'complete');
    optimizeAddingProperties(res, 'sendDate');
    middleware(req, res, function sessionRead(error?: unknown) {
      if (error === undefined || error === null) watchPassport(context, req);
      next(error);
    });
  };
}

/** From Node 24 on, V8 shares shapes across a change of prototype, so this has no effect (measured on Node 26). */
const SHARES_SHAPES = Number.parseInt(process.versions.node, 10) >= 24;

/**
 * Makes adding properties to a request or a response cheap, as express-session, Passport and every route do. Express changes
 * the prototype of both with `Object.setPrototypeOf`. Up to Node 23, V8 then makes a new hidden class for each property that is
 * added. Deleting a property other than the last turns the object into a dictionary, where adding is cheap, so `key` is deleted
 * and set again. Measured with Express and express-session in one process: 171 to 74 µs a request on Node 20, 143 to 86 on Node 22.
 */
export function optimizeAddingProperties<Key extends PropertyKey>(
  object: Record<Key, unknown>,
  key: Key,
): void {
  if (SHARES_SHAPES || !Object.hasOwn(object, key)) return;
  const value = object[key];
  Reflect.deleteProperty(object, key);
  object[key] = value;
}
