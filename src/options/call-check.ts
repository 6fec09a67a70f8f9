import { ConfigurationError } from '../core/errors';
import type { Advice } from '../events/advice';
import { checkOption, type OptionRule, type RuleTable } from './option-check';
import { group } from './option-kinds';

/** The rule of one argument of a public function. */
export interface Argument extends OptionRule {
  readonly name: string;
}

/** The rules of a function, one for each argument. A `verb` returns a promise and rejects; a `call` throws. */
interface CallRule {
  readonly kind: 'call' | 'verb';
  readonly expected: readonly Argument[];
}

/** The rules of every function of an object and of its objects; a missing one does not compile. */
export type RulesForCalls<Api> = {
  readonly [Name in keyof Api]-?: Api[Name] extends (...given: infer Given) => infer Answer
    ? {
        readonly kind: Answer extends Promise<unknown> ? 'verb' : 'call';
        readonly expected: { readonly [Index in keyof Given]-?: Argument };
      }
    : RulesForCalls<Api[Name]>;
};

export function call<const Expected extends readonly Argument[]>(...expected: Expected) {
  return { kind: 'call', expected } as const;
}

export function verb<const Expected extends readonly Argument[]>(...expected: Expected) {
  return { kind: 'verb', expected } as const;
}

const OPTIONS = 'options';

/** A last argument with options. Messages name its fields after the function: `guard.anonymous`. */
export function options(write: string, fields: RuleTable, isRequired?: 'required'): Argument {
  const rule = { ...group(write, fields), name: OPTIONS };
  return isRequired === undefined ? rule : { ...rule, required: true };
}

/** Makes every function of the object check its arguments first: missing, unknown, or of a wrong type. */
export function checkCalls<Api extends object>(api: Api, rules: RulesForCalls<Api>, prefix = ''): Api {
  for (const [name, found] of Object.entries(api)) {
    const rule: unknown = Reflect.get(rules, name);
    if (isFunction(found)) Reflect.set(api, name, checked(prefix + name, found, rule));
    else checkCalls(Object(found), Object(rule), `${prefix}${name}.`);
  }
  return api;
}

function isFunction(value: unknown): value is (...given: readonly unknown[]) => unknown {
  return typeof value === 'function';
}

function isCallRule(value: unknown): value is CallRule {
  return typeof value === 'object' && value !== null && 'expected' in value;
}

function checked(name: string, act: (...given: readonly unknown[]) => unknown, rule: unknown) {
  if (!isCallRule(rule)) throw new TypeError(`${name} has no rules for its arguments.`);
  return function checkedCall(...given: readonly unknown[]): unknown {
    try {
      checkArguments(name, rule.expected, given);
    } catch (error) {
      if (rule.kind === 'verb') return Promise.reject(error);
      throw error;
    }
    return act(...given);
  };
}

/** @throws ConfigurationError */
export function checkArguments(name: string, rules: readonly Argument[], given: readonly unknown[]): void {
  if (given.slice(rules.length).some((value) => value !== undefined))
    throw tooMany(name, rules, given.length);
  for (const [index, rule] of rules.entries()) {
    checkOption(rule.name === OPTIONS ? name : `${name}.${rule.name}`, given[index], rule);
  }
}

function tooMany(name: string, rules: readonly Argument[], count: number): ConfigurationError {
  const names = rules.map((rule) => rule.name).join(', ');
  const most = rules.length === 0 ? 'no argument' : `${rules.length} at most`;
  return new ConfigurationError(
    name,
    `${count} arguments were passed, and it takes ${most}. Write ${name}(${names}).`,
  );
}

/** What to write instead of passing one of these functions to Express or Passport. */
const WRITE: Readonly<Record<string, string>> = {
  sessions: 'app.use(mfa.sessions())',
  pages: "app.use('/mfa', mfa.pages())",
  adminPages: "app.use('/admin/mfa', mfa.adminPages({ organizationsOf }))",
  guard: 'app.use(mfa.guard())',
  requireStepUp: 'mfa.requireStepUp({ maxAgeSeconds: 300 })',
  passwordApi: 'mfa.passwordApi()',
  requireCsrfToken: 'mfa.requireCsrfToken()',
  strategy: 'passport.use(mfa.strategy(async (username, password) => user | false))',
  csrfToken: 'mfa.csrfToken(req) in a route that renders a page',
  describeSession: 'await mfa.describeSession(req) in a route',
  startOnboarding: 'await mfa.startOnboarding(req) in a route',
  noteFirstFactor: "await mfa.noteFirstFactor(req, { channel: 'email', address }) in a route",
};

/**
 * Makes the functions of `mfa` throw if Express calls one as a middleware, as in `app.use(mfa.guard)`. Otherwise it would
 * return a middleware that is never called, and every request would hang.
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
    const refusing = function refuseUncalledMiddleware(...given: unknown[]): unknown {
      if (isMiddlewareCall(given)) throw refuse();
      return Reflect.apply(make, api, given);
    };
    if (name === 'strategy') actAsStrategy(refusing, refuse);
    Reflect.set(api, name, refusing);
  }
  return api;
}

/** Express calls a middleware with the request, the response and `next`. */
function isMiddlewareCall([request, , next]: readonly unknown[]): boolean {
  const isRequest =
    typeof request === 'object' && request !== null && 'method' in request && 'headers' in request;
  return isRequest && typeof next === 'function';
}

/** `passport.use(mfa.strategy)` treats the function as a strategy of its name, and calls `authenticate` on it. */
function actAsStrategy(strategy: object, refuse: () => Error): void {
  Object.defineProperty(strategy, 'name', { value: 'mfa' });
  Object.defineProperty(strategy, 'authenticate', {
    value: function authenticate(this: { error(error: Error): void }) {
      this.error(refuse());
    },
  });
}
