import { ConfigurationError } from '../core/errors';
import { CHANNELS, type FactorKind } from '../core/member/factor-kind';
import { defaultPolicy, type Policy } from '../core/policy/policy';
import { checkPolicy } from '../core/policy/policy-check';
import { findKeyFault } from '../core/proof/key-ring';
import { hostIdText } from '../core/text/host-id';
import { parseLocalPath } from '../core/text/typed-text';
import { ENROLLABLE_KINDS, FACTOR_TRAITS, findAvailableKinds } from '../factors/find-factor';
import { resolveBrands } from './brand';
import { resolveLanguages } from './languages';
import { checkWhole, describeAnswer, refuse } from './option-check';
import { OPTION_RULES, resolveUpstream } from './option-rules';
import { OPTION_DEFAULTS, type MfaOptions, type PasswordThrottle, type PolicyDefaults } from './options';
import { resolvePasskeys } from './passkeys';
import { refusePolicy } from './policy-rules';
import { resolveReporting } from './report-options';
import type { ResolvedOptions } from './resolved-options';
import { createTemplates, findViews } from './templates';

/** Checks the options and fills in the defaults. Throws {@link ConfigurationError} for the first invalid option. */
export function resolveOptions<User>(options: MfaOptions<User>): ResolvedOptions<User> {
  checkWhole('options', options, OPTION_RULES, 'createMfa({ issuer, baseUrl, … })');
  const report = resolveReporting(options);
  const { account, featureAvailable, csrf, email = null, sms = null } = options;
  const senders = { email, sms };
  const insecureAccepted = options.dangerouslyAllowInsecureBaseUrl === true;
  const origin = parsePublicOrigin(options.baseUrl, { insecureAccepted });
  const passkeys = resolvePasskeys(options.passkeys, {
    issuer: options.issuer,
    origin: origin.baseUrl,
    saysWhoMaySignIn: options.users.maySignIn !== undefined,
  });
  const availableKinds = findAvailableKinds({
    channels: CHANNELS.filter((by) => senders[by] !== null),
    passkeys: passkeys !== null,
  });
  const viewsPath = findViews(options.viewsPath);
  const pagesPath = publicPath(origin, options.pagesPath ?? OPTION_DEFAULTS.pagesPath);
  return {
    ...origin,
    issuer: options.issuer,
    keys: resolveKeys(options.keys),
    records: options.records,
    state: options.state,
    users: options.users,
    account: account ?? (() => ({})),
    userId: (user) => textId((options.userId ?? ownId)(user)),
    email,
    sms,
    availableKinds,
    defaultPolicy: resolveDefaultPolicy(options.defaultPolicy ?? {}, availableKinds),
    pagesPath,
    adminPath: publicPath(origin, options.adminPath ?? OPTION_DEFAULTS.adminPath),
    loginPath: publicPath(origin, options.loginPath ?? `${pagesPath}/login`),
    defaultReturnTo: publicPath(origin, options.defaultReturnTo ?? OPTION_DEFAULTS.defaultReturnTo),
    isFreshSignIn: resolveFreshness(options, report.onError),
    upstreamMfa: resolveUpstream(options.upstreamMfa),
    featureAvailable: featureAvailable === undefined ? () => true : requireSwitch(featureAvailable),
    limits: fill(OPTION_DEFAULTS.limits, options.limits),
    passkeys,
    totpWindow: options.totpWindow ?? OPTION_DEFAULTS.totpWindow,
    codeSeconds: options.codeSeconds ?? OPTION_DEFAULTS.codeSeconds,
    pendingLoginSeconds: options.pendingLoginSeconds ?? OPTION_DEFAULTS.pendingLoginSeconds,
    smsTimeoutSeconds: options.smsTimeoutSeconds ?? OPTION_DEFAULTS.smsTimeoutSeconds,
    emailTimeoutSeconds: options.emailTimeoutSeconds ?? OPTION_DEFAULTS.emailTimeoutSeconds,
    sends: fill(OPTION_DEFAULTS.sends, options.sends),
    allowedCountries: options.allowedCountries ?? null,
    passwordThrottle: resolveThrottle(options),
    csrf:
      csrf === undefined
        ? null
        : { token: (req) => csrf.token(req), field: csrf.field ?? OPTION_DEFAULTS.csrfField },
    clock: options.clock ?? { now: () => Date.now() },
    viewsPath,
    templates: createTemplates(viewsPath, options.views ?? null),
    brandOf: resolveBrands(options.brand, { issuer: options.issuer, onError: report.onError }),
    stylesheet: options.stylesheet ?? null,
    signInLinks: options.signInLinks ?? [],
    events: fill(OPTION_DEFAULTS.events, options.events),
    ...resolveLanguages(options, report.onError),
    ...report,
    dangerouslyAcceptVolatileRecords: options.dangerouslyAcceptVolatileRecords === true,
    dangerouslyAllowOpener: options.dangerouslyAllowOpener === true,
    dangers: Object.entries(options)
      .filter(([name, value]) => name.startsWith('dangerously') && value === true)
      .map(([name]) => name),
  };
}

/** The defaults, overridden by the given values; `undefined` counts as not given. */
function fill<Value extends object>(
  defaults: Value,
  given: { readonly [Name in keyof Value]?: Value[Name] | undefined } = {},
): Value {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}

function resolveKeys(keys: MfaOptions<never>['keys']): readonly string[] {
  return keys.map((key, index) => {
    const fault = findKeyFault(key);
    if (key === undefined || fault !== null)
      throw new ConfigurationError(`keys[${index}]`, fault ?? 'it is missing');
    return key;
  });
}

function resolveDefaultPolicy(
  given: PolicyDefaults,
  availableKinds: readonly FactorKind[],
): (organizationId: string) => Policy {
  const policyOf = (organizationId: string): Policy =>
    fill({ ...defaultPolicy(organizationId), methods: ENROLLABLE_KINDS }, given);
  const policy = policyOf('default');
  const faults = checkPolicy(policy, { factors: FACTOR_TRAITS, availableKinds });
  const [fault] = faults;
  if (fault === undefined) return policyOf;
  throw refusePolicy('defaultPolicy.', { policy, fault, faults, availableKinds });
}

function resolveThrottle(
  options: Pick<MfaOptions<never>, 'passwordThrottle' | 'dangerouslyDisablePasswordThrottle'>,
): PasswordThrottle | null {
  const { passwordThrottle: given, dangerouslyDisablePasswordThrottle: disabled } = options;
  const { perUsername, perAddress, overall } = OPTION_DEFAULTS.passwordThrottle;
  if (disabled !== true) {
    return {
      perUsername: fill(perUsername, given?.perUsername),
      perAddress: fill(perAddress, given?.perAddress),
      overall: fill(overall, given?.overall),
    };
  }
  if (given === undefined) return null;
  throw new ConfigurationError(
    'passwordThrottle',
    'it was passed together with dangerouslyDisablePasswordThrottle: true. Write one of the two.',
  );
}

function resolveFreshness<User>(
  options: MfaOptions<User>,
  onError: (error: unknown) => void,
): ResolvedOptions<User>['isFreshSignIn'] {
  const { isFreshSignIn = () => true } = options;
  return async function judgeFreshness(req) {
    try {
      const answer: unknown = await isFreshSignIn(req);
      if (typeof answer === 'boolean') return answer;
      throw new ConfigurationError(
        'isFreshSignIn',
        `${describeAnswer(answer)}. It must answer true or false. Write isFreshSignIn: (req) => req.path !== '/impersonate'.`,
      );
    } catch (error) {
      onError(error);
      return false;
    }
  };
}

/** Refuses a result that is not a boolean. If `undefined` counted as "not available", no second factor would be required. */
function requireSwitch(
  featureAvailable: (organizationId: string) => unknown,
): (organizationId: string) => Promise<boolean> {
  return async function judgeFeature(organizationId) {
    const answer = await featureAvailable(organizationId);
    if (typeof answer === 'boolean') return answer;
    throw new ConfigurationError(
      'featureAvailable',
      `${describeAnswer(answer)}. It must answer true or false. Write featureAvailable: (organizationId) => true.`,
    );
  };
}

function ownId(user: unknown): unknown {
  return typeof user === 'object' && user !== null ? Reflect.get(user, 'id') : undefined;
}

/** If two people shared an id, one would get the other's factors. */
function textId(id: unknown): string {
  const text = hostIdText(id);
  if (text !== null) return text;
  const problem = `the user's id is ${id === '' ? 'empty' : typeof id}`;
  throw new ConfigurationError(
    'userId',
    `${problem}. It must be a text or a whole number. Write userId: (user) => user.uuid.`,
  );
}

/** The public URL of the app, in parts. */
export interface PublicOrigin {
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  readonly host: string;
  readonly secure: boolean;
  /** The path of the URL, without a slash at the end. The whole app is below it. Empty if there is no path. */
  readonly publicPrefix: string;
}

const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function refused(problem: string): ConfigurationError {
  return refuse('baseUrl', OPTION_RULES.baseUrl, problem);
}

/** Parses `baseUrl`. A query or a fragment is refused, because URLs built from it would lose them. */
export function parsePublicOrigin(
  baseUrl: string | URL,
  { insecureAccepted }: { readonly insecureAccepted: boolean },
): PublicOrigin {
  const text = String(baseUrl);
  if (!URL.canParse(text)) throw refused('what was passed is not a URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refused('the URL contains a user name or a password');
  const { protocol, origin, hostname } = url;
  if (protocol !== 'https:' && protocol !== 'http:') throw refused(`${protocol} was passed as its scheme`);
  if (/[?#]/.test(text)) throw refused(`${origin} was passed with a query or a fragment`);
  const publicPrefix = url.pathname.replace(/\/$/, '');
  if (publicPrefix !== '' && parseLocalPath(publicPrefix) !== publicPrefix)
    throw refused(`${origin} was passed with a path that cannot be a prefix of others`);
  const secure = protocol === 'https:';
  if (!secure && !LOCAL_HOSTS.includes(hostname) && !insecureAccepted) {
    throw refused(`${origin} was passed, and plain http is for ${LOCAL_HOSTS.join(', ')} alone`);
  }
  return { baseUrl: origin, host: hostname, secure, publicPrefix };
}

/** Adds the prefix that a proxy in front of the app removes. A path that already has it is returned unchanged. */
export function publicPath({ publicPrefix }: Pick<PublicOrigin, 'publicPrefix'>, path: string): string {
  const rest = path.startsWith(publicPrefix) ? path.slice(publicPrefix.length) : null;
  return rest !== null && /^(?:$|[/?#])/.test(rest) ? path : publicPrefix + path;
}
