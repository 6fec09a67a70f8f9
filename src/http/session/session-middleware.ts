import type { RequestHandler } from 'express';
import session from 'express-session';
import type { Store } from 'express-session';
import type { HttpContext } from '../kernel/http-context';
import { stateOf } from '../kernel/request';
import { prefetchingSessionStore } from './prefetching-session-store';
import { watchPassport } from './watch-passport';

export interface SessionOptions {
  /** Default: the store beside the state. */
  readonly store?: Store;
  /** Default `__Host-session` over TLS, `session` without. */
  readonly cookieName?: string;
}

/**
 * How long a visitor's session lasts who has not signed in: longer than half a login, and short, since anybody can have any
 * number of them. The policy's duration takes its place at sign-in.
 */
const VISITOR_SECONDS = 7200;

/**
 * express-session, set up as this package needs it: signed with keys derived from the ring, `HttpOnly`, `SameSite=Lax`, over
 * TLS `Secure` with the `__Host-` prefix. The cookie's end is never what ends a session; the decision is.
 */
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
    takeManyProperties(req, 'complete');
    takeManyProperties(res, 'sendDate');
    middleware(req, res, function sessionRead(error?: unknown) {
      if (error === undefined || error === null) watchPassport(context, req);
      next(error);
    });
  };
}

/** From Node 24 on V8 shares shapes across a change of prototype, and there is nothing to gain. */
const SHARES_SHAPES = Number.parseInt(process.versions.node, 10) >= 24;

/**
 * Makes it cheap to put properties on a request or a response, as express-session, Passport and every route do; it changes nothing
 * else. Express gives each of them another prototype with `Object.setPrototypeOf`, and V8 up to Node 23 does not share what it
 * learns about the shape of such an object: each further property costs it a new hidden class, about a microsecond and a
 * kilobyte. An object that loses a property other than its last is kept as a dictionary, to which properties are added as to
 * a map. So `key`, one that the object has from the start, is taken off and put on again.
 */
export function takeManyProperties<Key extends PropertyKey>(object: Record<Key, unknown>, key: Key): void {
  if (SHARES_SHAPES || !Object.hasOwn(object, key)) return;
  const value = object[key];
  Reflect.deleteProperty(object, key);
  object[key] = value;
}
