import { ConfigurationError } from '../core/errors';
import type { Advice } from '../events/advice';

/** What to write where one of these is passed to Express or Passport as it is. */
const WRITE: Readonly<Record<string, string>> = {
  sessions: 'app.use(mfa.sessions())',
  pages: "app.use('/mfa', mfa.pages())",
  adminPages: "app.use('/admin/mfa', mfa.adminPages({ organizationsOf }))",
  guard: 'app.use(mfa.guard())',
  requireStepUp: 'mfa.requireStepUp({ maxAgeSeconds: 300 })',
  passwordApi: 'mfa.passwordApi()',
  requireCsrfToken: 'mfa.requireCsrfToken()',
  strategy: 'passport.use(mfa.strategy(async (username, password) => user | false))',
  csrfToken: 'mfa.csrfToken(req) in a route, where a page is made',
  describeSession: 'await mfa.describeSession(req) in a route',
  startOnboarding: 'await mfa.startOnboarding(req) in a route',
  noteFirstFactor: "await mfa.noteFirstFactor(req, { channel: 'email', address }) in a route",
};

/**
 * Makes the functions of `mfa` throw where Express calls one of them as a middleware, as in `app.use(mfa.guard)`: it would
 * answer with a middleware that nobody calls, and every request would hang.
 */
export function refuseUncalled<Api extends object>(api: Api, advice: Advice): Api {
  for (const [name, write] of Object.entries(WRITE)) {
    const make: unknown = Reflect.get(api, name);
    if (typeof make !== 'function') continue;
    const refuse = (): ConfigurationError => {
      const problem = `it was passed without being called. Write ${write}.`;
      const error = new ConfigurationError(`mfa.${name}`, problem);
      advice.reportFault(error);
      return error;
    };
    const checked = function checked(...given: unknown[]): unknown {
      if (isMiddlewareCall(given)) throw refuse();
      return Reflect.apply(make, api, given);
    };
    if (name === 'strategy') beStrategy(checked, refuse);
    Reflect.set(api, name, checked);
  }
  return api;
}

/** Express calls a middleware with the request, the response and `next`. */
function isMiddlewareCall([request, , next]: readonly unknown[]): boolean {
  const isRequest =
    typeof request === 'object' && request !== null && 'method' in request && 'headers' in request;
  return isRequest && typeof next === 'function';
}

/** `passport.use(mfa.strategy)` takes the function for a strategy of its own name, and calls `authenticate` on it. */
function beStrategy(strategy: object, refuse: () => Error): void {
  Object.defineProperty(strategy, 'name', { value: 'mfa' });
  Object.defineProperty(strategy, 'authenticate', {
    value: function authenticate(this: { error(error: Error): void }) {
      this.error(refuse());
    },
  });
}
