import { randomBytes } from 'node:crypto';
import { defaultPolicy } from '../../src/core/policy';
import { ConfigurationError } from '../../src/errors';
import type { MfaOptions } from '../../src/options';
import { OPTION_DEFAULTS, resolveOptions } from '../../src/options';
import { OPTION_RULES } from '../../src/option-rules';
import { memoryRecords } from '../../src/stores/memory/memory-records';
import { memoryState } from '../../src/stores/memory/memory-state';

interface Person {
  readonly id: string | number;
}

const key = randomBytes(32).toString('base64');
const sender = { send: () => Promise.resolve() };
const smsSender = { send: () => Promise.resolve({ messageId: '1' }) };

const required: MfaOptions<Person> = {
  issuer: 'Acme Portal',
  baseUrl: 'https://portal.acme.example',
  keys: [key],
  records: memoryRecords(),
  state: memoryState(),
  users: { findById: () => null },
};

/** Hosts written in JavaScript pass anything. */
const resolve = (changes: Readonly<Record<string, unknown>> = {}) =>
  resolveOptions<Person>({ ...required, ...changes });

function refusal(changes: Readonly<Record<string, unknown>>): ConfigurationError {
  try {
    resolve(changes);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('The options were accepted.');
}

describe('resolveOptions', () => {
  it('fills in everything that was left out', () => {
    const { keys, records, state, users, defaultPolicy: policyOf, clock, ...rest } = resolve();
    expect(rest).toEqual({
      issuer: 'Acme Portal',
      baseUrl: 'https://portal.acme.example',
      host: 'portal.acme.example',
      secure: true,
      account: expect.any(Function),
      userId: expect.any(Function),
      email: null,
      sms: null,
      availableKinds: ['totp'],
      pagesPath: '/mfa',
      adminPath: '/admin/mfa',
      loginPath: '/mfa/login',
      defaultReturnTo: '/',
      featureAvailable: expect.any(Function),
      limits: { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 },
      totpWindow: 1,
      codeSeconds: 300,
      pendingLoginSeconds: 600,
      smsTimeoutSeconds: 5,
      emailTimeoutSeconds: 10,
      passwordThrottle: {
        perUsername: { points: 10, seconds: 900 },
        perAddress: { points: 100, seconds: 900 },
      },
      sends: OPTION_DEFAULTS.sends,
      allowedCountries: null,
      csrf: null,
      events: { keepCount: 100_000, keepSeconds: 34_560_000 },
      onError: expect.any(Function),
      dangerouslyAcceptVolatileRecords: false,
      dangers: [],
    });
    expect(keys).toEqual([key]);
    expect(records).toBe(required.records);
    expect(state).toBe(required.state);
    expect(users).toBe(required.users);
    expect(policyOf('acme')).toEqual(defaultPolicy('acme'));
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  it('takes an option passed as undefined as left out', () => {
    const nothing = Object.fromEntries(Object.keys(OPTION_RULES).map((name) => [name, undefined]));
    const { limits, events, pagesPath } = resolve({
      ...nothing,
      ...required,
      limits: { perUser: undefined },
    });
    expect({ limits, events, pagesPath }).toEqual({
      limits: OPTION_DEFAULTS.limits,
      events: OPTION_DEFAULTS.events,
      pagesPath: '/mfa',
    });
  });

  it('keeps what was passed beside the defaults of the rest', () => {
    const resolved = resolve({
      limits: { perUser: 3 },
      passwordThrottle: { perUsername: { points: 5 } },
      events: { keepCount: 10 },
      pagesPath: '/account/security',
      csrf: { token: () => 'from-the-host', field: 'csrf' },
    });
    expect(resolved).toMatchObject({
      limits: { perChallenge: 5, perUser: 3, perAuthenticator: 100, lockSeconds: 1800 },
      passwordThrottle: {
        perUsername: { points: 5, seconds: 900 },
        perAddress: { points: 100, seconds: 900 },
      },
      events: { keepCount: 10, keepSeconds: 34_560_000 },
      loginPath: '/account/security/login',
      csrf: { field: 'csrf' },
    });
  });

  it.each([
    [{ email: sender, sms: smsSender }, ['totp', 'sms', 'email']],
    [{ email: sender }, ['totp', 'email']],
    [{ sms: smsSender }, ['totp', 'sms']],
  ])('knows what can be delivered', (senders, availableKinds) => {
    expect(resolve(senders).availableKinds).toEqual(availableKinds);
  });

  it('has defaults that nobody can change', () => {
    const parts = [OPTION_DEFAULTS, ...Object.values(OPTION_DEFAULTS)].filter(
      (part) => typeof part === 'object',
    );
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
    expect(Object.isFrozen(OPTION_DEFAULTS.passwordThrottle.perUsername)).toBe(true);
  });
});

describe('an option that cannot be used', () => {
  it.each(['issuer', 'baseUrl', 'keys', 'records', 'state', 'users'])(
    'is %s when it is missing',
    (option) => {
      expect(refusal({ [option]: undefined })).toMatchObject({ option });
      expect(refusal({ [option]: undefined }).message).toMatch(/it is missing\. It must be .*\. Write .*\.$/);
    },
  );

  it.each([
    ['issuer', ''],
    ['issuer', ' Acme'],
    ['issuer', 'Acme:Portal'],
    ['issuer', 'Acme\nPortal'],
    ['issuer', 'Acme\u202eportal'],
    ['issuer', 'a'.repeat(65)],
    ['issuer', 7],
    ['pagesPath', '/'],
    ['pagesPath', '/mfa/'],
    ['pagesPath', 'mfa'],
    ['pagesPath', '//elsewhere.example'],
    ['adminPath', '/admin?mfa'],
    ['loginPath', 'https://elsewhere.example/login'],
    ['defaultReturnTo', '/\\elsewhere.example'],
    ['totpWindow', 2],
    ['totpWindow', -1],
    ['totpWindow', 0.5],
    ['codeSeconds', 59],
    ['codeSeconds', 601],
    ['codeSeconds', '300'],
    ['codeSeconds', Number.NaN],
    ['pendingLoginSeconds', 601],
    ['smsTimeoutSeconds', 0],
    ['emailTimeoutSeconds', 31],
    ['limits.perChallenge', 6],
    ['limits.perUser', 11],
    ['limits.perUser', 0],
    ['limits.perAuthenticator', 1000],
    ['limits.lockSeconds', 1799],
    ['passwordThrottle', false],
    ['passwordThrottle.perUsername', 10],
    ['passwordThrottle.perUsername.points', 0],
    ['passwordThrottle.perAddress.seconds', 0.5],
    ['events.keepCount', 0],
    ['csrf', 'token'],
    ['csrf.token', 'token'],
    ['csrf.field', 'a b'],
    ['users', {}],
    ['email', {}],
    ['sms', sender.send],
    ['clock', 1],
    ['account', {}],
    ['userId', 'id'],
    ['featureAvailable', true],
    ['onError', 'log'],
    ['dangerouslyAcceptVolatileRecords', 'yes'],
    ['dangerouslyAllowInsecureBaseUrl', 1],
    ['keys', key],
    ['keys', []],
    ['defaultPolicy', []],
    ['defaultPolicy.methods', ['sms']],
    ['defaultPolicy.sessionDurationSeconds', 0],
  ])('is %s %p', (path, value) => {
    const [option = '', ...inside] = path.split('.');
    const nested = inside.toReversed().reduce<unknown>((inner, name) => ({ [name]: inner }), value);
    const policy =
      option === 'defaultPolicy' && inside.length > 0 ? { enabled: true, ...Object(nested) } : nested;
    // A token that is missing would be found before a field that is wrong.
    const csrf = path === 'csrf.field' ? { token: () => '', ...Object(nested) } : policy;
    const error = refusal({ [option]: csrf });
    expect(error.option).toBe(path);
    expect(error.message).toMatch(/(Write|Choose) .*\.$/);
  });

  it('is told with what was passed, what is allowed and what to write', () => {
    expect(refusal({ codeSeconds: 5 }).message).toBe(
      'codeSeconds: 5 was passed. It must be a whole number of seconds from 60 to 600. Write codeSeconds: 300, or leave it out.',
    );
  });

  it('is one that does not exist, told with the nearest that does', () => {
    const error = refusal({ codeSecond: 300 });
    expect(error.option).toBe('codeSecond');
    expect(error.message).toMatch(/Write codeSeconds, or leave it out\.$/);
    expect(refusal({ limits: { perUsr: 1 } }).message).toMatch(/Write limits\.perUser, or leave it out\.$/);
    expect(refusal({ defaultPolicy: { organizationId: 'acme' } }).option).toBe(
      'defaultPolicy.organizationId',
    );
  });

  it('is a store that lacks a method, which is named', () => {
    expect(refusal({ records: memoryState() }).message).toMatch(/^records: it has no method find/);
    const { consumeChallenge: _gone, ...rest } = Object(memoryState());
    expect(refusal({ state: { ...rest, consumeChallenge: null } }).option).toBe('state');
  });

  it('is the whole of them when there are none', () => {
    expect(() => resolveOptions(undefined as unknown as MfaOptions<Person>)).toThrow(ConfigurationError);
  });
});

describe('baseUrl', () => {
  it.each([
    [
      'https://portal.acme.example/',
      { baseUrl: 'https://portal.acme.example', host: 'portal.acme.example', secure: true },
    ],
    [
      'https://portal.acme.example:8443',
      { baseUrl: 'https://portal.acme.example:8443', host: 'portal.acme.example' },
    ],
    ['http://localhost:3000', { baseUrl: 'http://localhost:3000', host: 'localhost', secure: false }],
    ['http://127.0.0.1:3000', { secure: false }],
    ['http://[::1]:3000', { secure: false }],
    [new URL('https://portal.acme.example'), { baseUrl: 'https://portal.acme.example' }],
  ])('takes %s', (baseUrl, expected) => {
    expect(resolve({ baseUrl })).toMatchObject(expected);
  });

  it.each([
    'portal.acme.example',
    'ftp://portal.acme.example',
    'http://portal.acme.example',
    'http://localhost.elsewhere.example',
    'https://portal.acme.example/app',
    'https://portal.acme.example/?',
    'https://portal.acme.example/#top',
    'javascript:alert(1)',
  ])('refuses %s', (baseUrl) => {
    expect(refusal({ baseUrl }).option).toBe('baseUrl');
  });

  it('is accepted over plain http only by name', () => {
    const baseUrl = 'http://portal.acme.example';
    expect(resolve({ baseUrl, dangerouslyAllowInsecureBaseUrl: true })).toMatchObject({
      baseUrl,
      secure: false,
    });
    expect(
      refusal({ baseUrl: 'ftp://portal.acme.example', dangerouslyAllowInsecureBaseUrl: true }).option,
    ).toBe('baseUrl');
  });
});

describe('what may be secret', () => {
  const secret = 'hunter2hunter2hunter2';

  it.each([
    { keys: [key, secret] },
    { keys: secret },
    { csrf: { token: secret } },
    { records: `redis://:${secret}@redis.acme.example` },
    { state: secret },
    { email: secret },
    { baseUrl: `https://ada:${secret}@portal.acme.example` },
    { baseUrl: `https//${secret}` },
    { [`keyz`]: [secret] },
  ])('is in no message: %#', (changes) => {
    const { message } = refusal(changes);
    expect(message).not.toContain(secret);
    expect(message).not.toContain(key);
  });

  it('is named by its place among the keys', () => {
    expect(refusal({ keys: [key, 'changeme'] }).option).toBe('keys[1]');
    expect(refusal({ keys: [undefined] }).option).toBe('keys[0]');
  });
});

describe('the password throttle', () => {
  it('is off only by name', () => {
    expect(resolve({ dangerouslyDisablePasswordThrottle: true }).passwordThrottle).toBeNull();
    expect(refusal({ passwordThrottle: false }).message).toContain(
      'dangerouslyDisablePasswordThrottle: true',
    );
  });

  it('is not both set and off', () => {
    const both = {
      passwordThrottle: { perAddress: { points: 1 } },
      dangerouslyDisablePasswordThrottle: true,
    };
    expect(refusal(both).option).toBe('passwordThrottle');
  });
});

describe('userId', () => {
  it.each([
    ['42', '42'],
    [42, '42'],
    [0, '0'],
    [9_007_199_254_740_993n, '9007199254740993'],
    [{ toString: () => '65f1c0ffee' }, '65f1c0ffee'],
  ])('makes a text of %p', (id, text) => {
    expect(resolve({ userId: () => id }).userId({ id: 1 })).toBe(text);
  });

  it.each([undefined, null, '', Number.NaN, 1.5, 2 ** 53, {}, [7], true, Symbol('7')])('refuses %p', (id) => {
    expect(() => resolve({ userId: () => id }).userId({ id: 1 })).toThrow(ConfigurationError);
  });

  it('reads user.id unless told otherwise', () => {
    expect(resolve().userId({ id: 7 })).toBe('7');
    expect(resolve({ userId: ({ id }: Person) => `person-${id}` }).userId({ id: 7 })).toBe('person-7');
  });
});

describe('the default policy', () => {
  it('is what organizations have that never saved one, with the host’s changes', () => {
    const { defaultPolicy: policyOf } = resolve({
      defaultPolicy: { enabled: true, enrollment: 'optional', skips: undefined },
    });
    expect(policyOf('acme')).toEqual({ ...defaultPolicy('acme'), enabled: true, enrollment: 'optional' });
    expect(policyOf('globex').organizationId).toBe('globex');
  });

  it('is judged by what can be delivered here', () => {
    const policy = { enabled: true, methods: ['sms', 'email'] };
    expect(
      resolve({ defaultPolicy: policy, email: sender, sms: smsSender }).defaultPolicy('acme'),
    ).toMatchObject(policy);
    expect(refusal({ defaultPolicy: policy, sms: smsSender }).message).toContain('cannot be the only method');
  });
});

describe('onError', () => {
  it('is told, and its own failure ends there', async () => {
    const told: unknown[] = [];
    const failing = (error: unknown) => {
      told.push(error);
      throw new Error('The log is full.');
    };
    resolve({ onError: failing }).onError('first');
    const failingLater = async (failure: unknown) => {
      await Promise.resolve();
      failing(failure);
    };
    resolve({ onError: failingLater }).onError('second');
    await new Promise((done) => setImmediate(done));
    expect(told).toEqual(['first', 'second']);
  });
});

describe('the budgets for codes', () => {
  it('keep the lists that were left out', () => {
    const { sends, allowedCountries } = resolve({
      sends: { perUser: [{ max: 5, seconds: 60 }], total: [] },
      allowedCountries: ['GB'],
    });
    expect(sends).toEqual({ ...OPTION_DEFAULTS.sends, perUser: [{ max: 5, seconds: 60 }], total: [] });
    expect(allowedCountries).toEqual(['GB']);
  });

  it.each([
    ['sends.perUser', { sends: { perUser: [] } }],
    ['sends.perDestination', { sends: { perDestination: [{ max: 0, seconds: 60 }] } }],
    ['sends.perDestination', { sends: { perDestination: [{ max: 101, seconds: 60 }] } }],
    ['sends.total', { sends: { total: [{ max: 1, seconds: 2_592_001 }] } }],
    ['sends.total', { sends: { total: [{ max: 1.5, seconds: 60 }] } }],
    ['sends.total', { sends: { total: { max: 1, seconds: 60 } } }],
    ['sends.perOrganization', { sends: { perOrganization: [{ max: 1, seconds: 60, days: 1 }] } }],
    ['sends.perCountry', { sends: { perCountry: [] } }],
    ['allowedCountries', { allowedCountries: [] }],
    ['allowedCountries', { allowedCountries: ['gb'] }],
    ['allowedCountries', { allowedCountries: 'GB' }],
  ])('are refused where they make no sense: %s', (option, changes) => {
    expect(refusal(changes).option).toBe(option);
  });
});
