import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { isCountryCode } from '../core/address/phone-number';
import type { UpstreamRule, UpstreamRules } from '../core/decision/upstream-proof';
import { GUESS_LIMITS, type GuessLimits } from '../core/member/authenticator';
import { LONGEST_CHALLENGE_SECONDS } from '../core/proof/one-time-code';
import type { SendLimits } from '../delivery/budgets';
import { RECORD_METHODS, STATE_METHODS } from '../stores/required-methods';
import { BRAND_RULE } from './brand';
import { LANGUAGE_RULES } from './languages';
import { checkOption, refuse, type OptionRule, type RulesFor } from './option-check';
import {
  NO_MESSAGE,
  aFunction,
  anObject,
  appName,
  callback,
  danger,
  group,
  links,
  localPath,
  mountPath,
  number,
  port,
  sendWindows,
} from './option-kinds';
import type { Allowance, HostCsrf, MfaOptions, PasswordThrottle } from './options';
import { PASSKEY_RULES } from './passkeys';
import { POLICY_RULES } from './policy-rules';
import { REPORT_RULES } from './report-options';

const LONGEST_SECONDS = 30 * 86_400;

export const UPSTREAM_MFA: OptionRule = {
  schema: anObject,
  allowed: 'an object with a rule for each identity provider',
  write: "upstreamMfa: { okta: { amr: ['mfa'], maxAgeSeconds: 43200 } }",
};

/** These values stand for a password, a PIN or a security question, which are not second factors. */
const FIRST_FACTOR_VALUES: readonly string[] = ['pwd', 'pin', 'kba'];

const claimValues = (name: string, write: string) => ({
  schema: z
    .array(z.string().min(1))
    .min(1)
    .refine((values) => !values.some((value) => FIRST_FACTOR_VALUES.includes(value)), {
      error: `${FIRST_FACTOR_VALUES.join(', ')} stand for a first factor`,
    }),
  allowed: `a list of the values of ${name} that stand for a second factor`,
  write,
});

/** The rule for one identity provider. */
const UPSTREAM = {
  acr: claimValues('acr', "acr: ['phr', 'phrh']"),
  amr: claimValues('amr', "amr: ['mfa']"),
  maxAgeSeconds: {
    ...number({ min: 1, max: LONGEST_SECONDS, unit: 'seconds', write: 'maxAgeSeconds: 43200' }),
    required: true,
  },
} satisfies RulesFor<UpstreamRule>;

const RULE: OptionRule = {
  schema: anObject,
  allowed: 'an object with acr, amr or both, and maxAgeSeconds',
  write: "{ amr: ['mfa'], maxAgeSeconds: 43200 }",
  required: true,
  fields: UPSTREAM,
};

/** Every rule, checked. */
export function resolveUpstream(given: UpstreamRules = {}): UpstreamRules {
  for (const [provider, rule] of Object.entries(given)) {
    const name = `upstreamMfa.${provider}`;
    checkOption(name, rule, RULE);
    if (rule.acr === undefined && rule.amr === undefined)
      throw refuse(name, RULE, 'it names no values of acr or amr');
  }
  return given;
}

const DAY = 86_400;

const allowance = (points: number, max: number, seconds = 900) =>
  group(`{ points: ${points}, seconds: ${seconds} }`, {
    points: number({ min: 1, max, unit: 'attempts', write: `points: ${points}` }),
    seconds: number({ min: 1, max: DAY, unit: 'seconds', write: `seconds: ${seconds}` }),
  } satisfies RulesFor<Allowance>);

const atMost = (name: Exclude<keyof GuessLimits, 'lockSeconds'>) =>
  number({ min: 1, max: GUESS_LIMITS[name], unit: 'guesses', write: `${name}: ${GUESS_LIMITS[name]}` });

const LIMITS = {
  perChallenge: atMost('perChallenge'),
  perUser: atMost('perUser'),
  perAuthenticator: atMost('perAuthenticator'),
  lockSeconds: number({
    min: GUESS_LIMITS.lockSeconds,
    max: DAY,
    unit: 'seconds',
    write: 'lockSeconds: 1800',
  }),
} satisfies RulesFor<GuessLimits>;

const THROTTLE = {
  perUsername: allowance(10, 100),
  perAddress: allowance(100, 10_000),
  overall: allowance(100, 1_000_000, 60),
} satisfies RulesFor<PasswordThrottle>;

const SENDS = {
  perDestination: sendWindows({ least: 1, max: 100, write: 'perDestination: [{ max: 1, seconds: 30 }]' }),
  perUser: sendWindows({ least: 1, max: 1000, write: 'perUser: [{ max: 20, seconds: 86400 }]' }),
  perOrganization: sendWindows({ max: 1e5, write: 'perOrganization: [{ max: 20000, seconds: 86400 }]' }),
  perOrganizationSms: sendWindows({ max: 1e5, write: 'perOrganizationSms: [{ max: 2500, seconds: 86400 }]' }),
  perCountryPrefix: sendWindows({ max: 1e5, write: 'perCountryPrefix: [{ max: 2000, seconds: 86400 }]' }),
  totalSms: sendWindows({ max: 1e5, write: 'totalSms: [{ max: 25000, seconds: 86400 }]' }),
  total: sendWindows({ max: 1e6, write: 'total: [{ max: 200000, seconds: 86400 }]' }),
} satisfies RulesFor<SendLimits>;

const CSRF = {
  token: {
    schema: aFunction,
    allowed: 'a function that takes a request and returns its token',
    write: 'token: (req) => req.csrfToken()',
    required: true,
  },
  field: {
    schema: z.string().regex(/^[\w.[\]-]{1,64}$/),
    allowed: 'the name of a form field',
    write: "field: '_csrf'",
  },
} satisfies RulesFor<HostCsrf>;

const folder = (write: string) => ({
  schema: z.string().refine(isAbsolute, NO_MESSAGE),
  allowed: 'the absolute path of a folder',
  write,
  shown: true as const,
});

/** One rule for each option. `issuer`, `baseUrl` and `keys` get more precise messages when they are resolved. */
export const OPTION_RULES = {
  issuer: { ...appName("issuer: 'Acme Portal'"), required: true },
  baseUrl: {
    schema: z.union([z.string(), z.instanceof(URL)]),
    allowed: 'the URL of the app',
    write: "baseUrl: 'https://portal.example.com'",
    required: true,
  },
  keys: {
    schema: z.array(z.unknown()).min(1),
    allowed: 'a list of one or more keys of 32 or more random bytes each, in base64',
    write: 'keys: [process.env.MFA_KEY], with a key made by: openssl rand -base64 32',
    required: true,
  },
  records: { ...port('a record store', 'records: redisRecords(redis)', RECORD_METHODS), required: true },
  state: { ...port('a state store', 'state: redisState(redis)', STATE_METHODS), required: true },
  users: {
    ...port(
      'an object with at least findById, and only functions under the known names',
      'users: { findById: (id) => … }',
      ['findById'],
      ['findByIds', 'list', 'count', 'membershipsOf', 'maySignIn', 'noteEnrolled'],
    ),
    required: true,
  },
  account: callback('a function that takes a user', 'account: (user) => ({ email: user.mail })'),
  userId: callback('a function that takes a user', 'userId: (user) => user.uuid'),
  email: port('an email sender', 'email: smtpEmail({ transport, from })', ['send'], ['check']),
  sms: port('an SMS sender', 'sms: twilioSms({ client, from })', ['send'], ['readStatus', 'check']),
  defaultPolicy: group("defaultPolicy: { enabled: true, enrollment: 'optional' }", POLICY_RULES),
  pagesPath: mountPath("pagesPath: '/mfa'"),
  adminPath: mountPath("adminPath: '/admin/mfa'"),
  loginPath: localPath("loginPath: '/login'"),
  defaultReturnTo: localPath("defaultReturnTo: '/'"),
  isFreshSignIn: callback(
    'a function that returns whether a sign-in proves the identity of the person',
    "isFreshSignIn: (req) => req.path !== '/impersonate'",
  ),
  upstreamMfa: UPSTREAM_MFA,
  featureAvailable: callback(
    'a function that takes an organization id',
    'featureAvailable: (organizationId) => true',
  ),
  limits: group('limits: { perChallenge: 3 }', LIMITS),
  passkeys: group("passkeys: { rpId: 'example.com' }", PASSKEY_RULES),
  totpWindow: number({ min: 0, max: 1, unit: 'time steps', write: 'totpWindow: 1' }),
  codeSeconds: number({
    min: 60,
    max: LONGEST_CHALLENGE_SECONDS,
    unit: 'seconds',
    write: 'codeSeconds: 300',
  }),
  pendingLoginSeconds: number({
    min: 60,
    max: LONGEST_CHALLENGE_SECONDS,
    unit: 'seconds',
    write: 'pendingLoginSeconds: 600',
  }),
  smsTimeoutSeconds: number({
    min: 0.05,
    max: 30,
    unit: 'seconds',
    fractions: true,
    write: 'smsTimeoutSeconds: 5',
  }),
  emailTimeoutSeconds: number({
    min: 0.05,
    max: 30,
    unit: 'seconds',
    fractions: true,
    write: 'emailTimeoutSeconds: 10',
  }),
  passwordThrottle: {
    ...group('passwordThrottle: { perUsername: { points: 5, seconds: 900 } }', THROTTLE),
    schema: z.custom().superRefine((value, context) => {
      const off = 'the throttle is switched off only by dangerouslyDisablePasswordThrottle: true';
      if (value === false || value === null) context.addIssue({ code: 'custom', message: off });
      else if (!anObject.safeParse(value).success) context.addIssue({ code: 'custom', message: '' });
    }),
  },
  sends: group('sends: { totalSms: [{ max: 1000, seconds: 86400 }] }', SENDS),
  allowedCountries: {
    schema: z.array(z.custom(isCountryCode, { error: '' })).min(1),
    allowed: 'a list of one or more country codes of two capital letters',
    write: "allowedCountries: ['GB', 'DE']",
  },
  csrf: group('csrf: { token: (req) => req.csrfToken() }', CSRF),
  clock: port('an object with now(), in epoch milliseconds', 'clock: { now: () => Date.now() }', ['now']),
  viewsPath: folder("viewsPath: path.join(import.meta.dirname, 'views')"),
  views: folder("views: path.join(import.meta.dirname, 'mfa-views')"),
  brand: BRAND_RULE,
  stylesheet: localPath("stylesheet: '/mfa-theme.css'"),
  signInLinks: links("signInLinks: [{ label: 'Forgot your password?', url: '/forgot' }]"),
  ...LANGUAGE_RULES,
  ...REPORT_RULES,
  dangerouslyAllowInsecureBaseUrl: danger('dangerouslyAllowInsecureBaseUrl'),
  dangerouslyDisablePasswordThrottle: danger('dangerouslyDisablePasswordThrottle'),
  dangerouslyAcceptVolatileRecords: danger('dangerouslyAcceptVolatileRecords'),
  dangerouslyAllowOpener: danger('dangerouslyAllowOpener'),
} satisfies RulesFor<MfaOptions<never>>;
