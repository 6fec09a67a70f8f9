import * as z from 'zod';
import { STRENGTHS } from '../core/policy/policy';
import { hostIdText } from '../core/text/host-id';
import { parseLocalPath } from '../core/text/typed-text';
import type { CheckOptions } from '../flows/context/check-setup';
import type { AdminPagesOptions } from '../http/admin/admin-options';
import type { PasswordChangeOptions } from '../http/session/record-first-factor';
import type { SessionOptions } from '../http/session/session-middleware';
import type { GuardOptions, StepUpOptions } from '../http/sign-in/guard';
import type { OnboardingOptions } from '../http/sign-in/host-login';
import type { MfaStrategyOptions } from '../http/sign-in/mfa-strategy';
import type { PasswordApiOptions } from '../http/sign-in/password-api';
import { call, options, verb, type Argument, type RulesForCalls } from '../options/call-check';
import type { RulesFor } from '../options/option-check';
import {
  NO_MESSAGE,
  aFunction,
  aSwitch,
  anObject,
  callback,
  mountPath,
  oneOf,
  port,
  someText,
} from '../options/option-kinds';
import { FIRST_FACTOR_CHANNEL, FIRST_FACTOR_IF_ANY, USER_ID } from './argument-rules';
import { ERASURE_RULES } from './erasure-api';
import { EVENT_RULES } from './events-api';
import type { Mfa } from './mfa';
import { VERB_RULES } from './verb-rules';

// Rules for the functions of `mfa` that create middleware, routers and strategies, or take a request.

const textField = (name: string) =>
  someText('the name of a form field', `${name}: '${name.replace('Field', '')}'`);

export const SESSIONS = options("sessions({ cookieName: 'session' })", {
  store: port('a store of express-session', 'store: new RedisStore({ client })', ['get', 'set', 'destroy']),
  cookieName: {
    schema: z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,128}$/),
    allowed: 'the name of a cookie (RFC 6265)',
    write: "cookieName: 'session'",
    shown: true,
  },
} satisfies RulesFor<SessionOptions>);

export const VERIFY: Argument = {
  name: 'verify',
  schema: aFunction,
  allowed: 'a function, and the first argument',
  write: 'strategy((username, password) => user | false)',
  required: true,
};

export const STRATEGY = options("strategy(verify, { usernameField: 'email' })", {
  usernameField: textField('usernameField'),
  passwordField: textField('passwordField'),
  passReqToCallback: aSwitch('passReqToCallback: true'),
  resumePath: mountPath("resumePath: '/login/done'"),
  secondStep: oneOf(['redirect', 'callback'], "secondStep: 'callback'"),
} satisfies RulesFor<MfaStrategyOptions>);

export const ADMIN_PAGES = options(
  'adminPages({ organizationsOf: (req) => [{ id: "acme", name: "Acme Corp" }] })',
  {
    organizationsOf: {
      schema: aFunction,
      allowed: 'a function that takes a request and returns the organizations that its user administers',
      write: 'organizationsOf: (req) => [{ id: "acme", name: "Acme Corp" }]',
      required: true,
    },
    administratorsOf: callback(
      'a function that takes an organization id and returns the ids of its administrators',
      'administratorsOf: (organizationId) => ["user-id"]',
    ),
    clientWarning: someText('a text', "clientWarning: 'The nightly export cannot ask for a code.'"),
  } satisfies RulesFor<AdminPagesOptions>,
  'required',
);

const chooseJson = callback(
  'a function that takes a request and returns whether it is answered with JSON',
  "json: (req) => req.path.startsWith('/api/')",
);

export const GUARD = options("guard({ anonymous: 'pass' })", {
  anonymous: oneOf(['sign-in', 'pass'], "anonymous: 'pass'"),
  logoutPaths: {
    schema: z.array(
      z.string().refine((path) => parseLocalPath(path) === path && !/[?#]/.test(path), NO_MESSAGE),
    ),
    allowed: 'a list of paths on this site, each without a query',
    write: "logoutPaths: ['/logout']",
  },
  json: chooseJson,
} satisfies RulesFor<GuardOptions>);

export const REQUIRE_STEP_UP = options(
  'requireStepUp({ maxAgeSeconds: 300 })',
  {
    maxAgeSeconds: {
      schema: z.number().positive(),
      allowed: 'a number of seconds above 0',
      write: 'maxAgeSeconds: 300',
      required: true,
      shown: true,
    },
    strength: oneOf(STRENGTHS, "strength: 'phishing-resistant'"),
    json: chooseJson,
  } satisfies RulesFor<StepUpOptions>,
  'required',
);

export const PASSWORD_API = options('passwordApi({ authenticate: (req) => user })', {
  authenticate: callback(
    'a function that takes a request and returns its user or false',
    'authenticate: (req) => user | false',
  ),
} satisfies RulesFor<PasswordApiOptions>);

export const REQUEST: Argument = {
  name: 'req',
  schema: z.custom((value) => anObject.safeParse(Reflect.get(Object(value), 'headers')).success, NO_MESSAGE),
  allowed: 'the request that Express passes to a route',
  write: 'req',
  required: true,
};

export const ONBOARDING = options("startOnboarding(req, { returnTo: '/welcome' })", {
  returnTo: {
    schema: z.string(),
    allowed: 'a path on this site; any other text is ignored',
    write: "returnTo: '/welcome'",
  },
} satisfies RulesFor<OnboardingOptions>);

const { name: _name, required: _required, ...A_REQUEST } = REQUEST;

export const PASSWORD_CHANGE = options('recordPasswordChange(user.id, { keep: req })', {
  keep: { ...A_REQUEST, write: 'keep: req' },
  notify: aSwitch('notify: false'),
} satisfies RulesFor<PasswordChangeOptions>);

export const CHECK = options('check({ app })', {
  app: port('the Express app', 'app', ['get']),
  userIds: {
    schema: z.array(z.custom((value) => hostIdText(value) !== null, NO_MESSAGE)),
    allowed: 'a list of user ids',
    write: "userIds: ['7']",
  },
} satisfies RulesFor<CheckOptions>);

/** One entry for every function of `createMfa`'s result; a missing one does not compile. */
export const MFA_RULES: RulesForCalls<Mfa> = {
  ...VERB_RULES,
  ...ERASURE_RULES,
  events: EVENT_RULES,
  sessions: call(SESSIONS),
  strategy: call(VERIFY, STRATEGY),
  pages: call(),
  adminPages: call(ADMIN_PAGES),
  guard: call(GUARD),
  requireStepUp: call(REQUIRE_STEP_UP),
  relatedOrigins: call(),
  passwordApi: call(PASSWORD_API),
  describeSession: verb(REQUEST),
  startOnboarding: verb(REQUEST, ONBOARDING),
  recordFirstFactor: verb(REQUEST, FIRST_FACTOR_IF_ANY),
  noteFirstFactor: verb(REQUEST, FIRST_FACTOR_CHANNEL),
  recordPasswordChange: verb(USER_ID, PASSWORD_CHANGE),
  csrfToken: call(REQUEST),
  requireCsrfToken: call(),
  check: verb(CHECK),
  retryNotices: verb(),
  settled: verb(),
  close: verb(),
};
