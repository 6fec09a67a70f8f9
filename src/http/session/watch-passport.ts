import type { Request } from 'express';
import type { Store } from 'express-session';
import type { HttpContext } from '../kernel/http-context';
import { hasSignedInUser, stateOf, type RequestState } from '../kernel/request';
import { endSessionAtLogOut, endStoredSession } from './end-when-left';
import { carryGrant, grantAtLogin } from './grant-at-login';
import { isOwnSessionStore } from './prefetching-session-store';
import { isFailure, settle } from './renew-session';

/*
 * `req.logIn` and `req.logOut` belong to Passport, and most hosts call them above our middleware. So we wrap Passport’s session
 * manager (one per app), from the first request that a middleware of ours sees in this process. `mfa.sessions()` runs before
 * Passport, so it sees every request. For sign-ins without Passport, see `adoptSession`.
 */

type Call = (...args: unknown[]) => unknown;
type Done = (...results: unknown[]) => void;

/** Passport’s session manager, which is not in its types: `logIn(req, user, options?, done)`, `logOut(req, options?, done?)`. */
interface SessionManager {
  logIn: Call;
  logOut: Call;
}

/** The context that guards an app. One Passport may serve several apps. */
const contexts = new WeakMap<object, HttpContext>();
const watched = new WeakSet<object>();

/** Observes logins and log-outs of this request's app from now on, and those of its Passport once it has run. */
export function watchPassport(context: HttpContext, req: Request): void {
  // A request that does not pass through Express, such as a WebSocket upgrade, has no app.
  const app: unknown = req.app;
  if (isCall(app)) {
    if (contexts.get(app) !== context) contexts.set(app, context);
    watchRequests(Reflect.get(app, 'request'));
  }
  watchManager(req);
  watchStore(req);
}

function contextOf(req: Request): HttpContext | undefined {
  let app: unknown = req.app;
  while (typeof app === 'function') {
    const context = contexts.get(app);
    if (context !== undefined) return context;
    app = Reflect.get(app, 'parent');
  }
  return undefined;
}

/** Wraps the prototype of an app's requests. Passport sets its functions on each request later; a host may set others. */
function watchRequests(prototype: unknown): void {
  if (!isObject(prototype) || watched.has(prototype)) return;
  watched.add(prototype);
  intercept(prototype, ['logIn', 'login'], (req, original, args) => {
    watchManager(req);
    const context = contextOf(req);
    return context === undefined
      ? Reflect.apply(original, req, args)
      : logInByHost(context, req, { original, args });
  });
  intercept(prototype, ['logOut', 'logout'], (req, original, args) => {
    watchManager(req);
    stateOf(req).userLoggingOut = req.user;
    return Reflect.apply(original, req, args);
  });
}

type Name = keyof RequestState['given'];

function intercept(
  prototype: object,
  names: readonly [Name, string],
  call: (req: Request, original: Call, args: readonly unknown[]) => unknown,
): void {
  const [name] = names;
  const inherited: unknown = Reflect.get(prototype, name);
  const originalOf = (req: Request): unknown => stateOf(req).given[name] ?? inherited;
  function seen(this: Request, ...args: unknown[]): unknown {
    const original = originalOf(this);
    return isCall(original) ? call(this, original, args) : undefined;
  }
  for (const each of names) {
    Object.defineProperty(prototype, each, {
      configurable: true,
      get(this: Request) {
        const original = originalOf(this);
        return isCall(original) ? seen : original;
      },
      set(this: Request, given: unknown) {
        if (given !== seen) stateOf(this).given[name] = given;
      },
    });
  }
}

/** If the host replaced `req.logIn`, the grant is added after that function has run. */
function logInByHost(
  context: HttpContext,
  req: Request,
  { original, args }: { readonly original: Call; readonly args: readonly unknown[] },
): unknown {
  const state = stateOf(req);
  const [user, options] = args;
  const done = args.at(-1);
  if (!isCall(done) || isSessionless(options) || !isUser(user)) return Reflect.apply(original, req, args);
  const isUserSignedIn = hasSignedInUser(req) || (req.user !== undefined && req.user !== null);
  state.login = 'none';
  return Reflect.apply(original, req, [
    ...args.slice(0, -1),
    function loggedIn(...results: unknown[]) {
      if (isFailure(results[0]) || state.login === 'done') return done(...results);
      const login = { user, isUserSignedIn, begin: async () => undefined };
      return callBack(grantAtLogin(context, req, login), done);
    },
  ]);
}

function watchManager(req: Request): void {
  const manager = managerOf(req);
  if (manager === undefined || watched.has(manager)) return;
  watched.add(manager);
  const { logIn, logOut } = manager;
  manager.logIn = function logInSeen(...args) {
    const [request, user] = args;
    const done = args.at(-1);
    const context = isRequest(request) ? contextOf(request) : undefined;
    if (context === undefined || !isRequest(request) || !isCall(done) || !isUser(user))
      return Reflect.apply(logIn, manager, args);
    const begin = () => settle((next) => Reflect.apply(logIn, manager, [...args.slice(0, -1), next]));
    return callBack(
      grantAtLogin(context, request, { user, isUserSignedIn: hasSignedInUser(request), begin }),
      done,
    );
  };
  manager.logOut = function logOutSeen(...args) {
    const [request] = args;
    const done = args.at(-1);
    const context = isRequest(request) ? contextOf(request) : undefined;
    if (context === undefined || !isRequest(request)) return Reflect.apply(logOut, manager, args);
    const left = endSessionAtLogOut(context, request);
    if (!isCall(done)) return Reflect.apply(logOut, manager, args);
    const leftThen = (...results: unknown[]) => void left.then(() => done(...results));
    return Reflect.apply(logOut, manager, [...args.slice(0, -1), leftThen]);
  };
}

/** Since Passport 0.6 it is on the request; before that, in `_passport`. */
function managerOf(req: Request): SessionManager | undefined {
  const own: unknown = Reflect.get(req, '_sessionManager');
  if (isManager(own)) return own;
  const before: unknown = Reflect.get(req, '_passport');
  const instance: unknown = isObject(before) ? Reflect.get(before, 'instance') : undefined;
  const manager: unknown = isObject(instance) ? Reflect.get(instance, '_sm') : undefined;
  return isManager(manager) ? manager : undefined;
}

function callBack(work: Promise<void>, done: Done): void {
  work.then(() => done(), done);
}

function isCall(value: unknown): value is Call {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isUser(value: unknown): value is Express.User {
  return isObject(value);
}

function isRequest(value: unknown): value is Request {
  return isObject(value) && 'app' in value;
}

function isManager(value: unknown): value is SessionManager {
  return (
    isObject(value) && 'logIn' in value && 'logOut' in value && isCall(value.logIn) && isCall(value.logOut)
  );
}

function isSessionless(options: unknown): boolean {
  return isObject(options) && 'session' in options && options.session === false;
}

/** A host may replace or destroy the session of a signed-in person without Passport, so we also wrap its session store. */

const watchedStores = new WeakSet<object>();

function watchStore(req: Request): void {
  const store: Request['sessionStore'] | undefined = req.sessionStore;
  const context = contextOf(req);
  if (store === undefined || context === undefined || watchedStores.has(store)) return;
  watchedStores.add(store);
  const inPlace = new Set<string>();
  if ('regenerate' in store) watchRegenerate(store, inPlace);
  // Our own store knows the owner of a session without reading it.
  if ('destroy' in store && !isOwnSessionStore(store)) watchDestroy(store, { context, inPlace });
}

function watchRegenerate(store: Request['sessionStore'], inPlace: Set<string>): void {
  const regenerate = store.regenerate.bind(store);
  store.regenerate = function regenerateAndCarry(request, done) {
    const context = contextOf(request);
    const isOurs = context === undefined || stateOf(request).renewing > 0;
    const carry = isOurs ? undefined : carryGrant(context, request);
    const before = request.sessionID;
    inPlace.add(before);
    regenerate(request, (error: unknown) => {
      inPlace.delete(before);
      if (!isFailure(error)) carry?.();
      done(error);
    });
  };
}

/** `inPlace` has the ids of sessions that are being replaced; the code that replaces them updates the list. */
function watchDestroy(
  store: Pick<Store, 'get' | 'destroy'>,
  { context, inPlace }: { readonly context: HttpContext; readonly inPlace: ReadonlySet<string> },
): void {
  const destroy = store.destroy.bind(store);
  store.destroy = function destroyAndUnlist(sessionId, done) {
    if (inPlace.has(sessionId)) {
      destroy(sessionId, done);
      return;
    }
    store.get(sessionId, function found(error: unknown, data) {
      const left = isFailure(error) ? undefined : endStoredSession(context, data);
      destroy(sessionId, (...results) => void Promise.resolve(left).then(() => done?.(...results)));
    });
  };
}
