import { join } from 'node:path';
import { defaultPolicy } from '../../../src/core/policy/policy';
import { CATALOGUES } from '../../../src/messages/catalogues';
import { OPTION_RULES } from '../../../src/options/option-rules';
import { OPTION_DEFAULTS } from '../../../src/options/options';
import { key, required, resolve, sender, smsSender } from './given-options';

describe('resolveOptions', () => {
  it('fills in everything that was left out', () => {
    const { keys, records, state, users, defaultPolicy: policyOf, clock, ...rest } = resolve();
    expect(rest).toEqual({
      issuer: 'Acme Portal',
      baseUrl: 'https://portal.acme.example',
      host: 'portal.acme.example',
      secure: true,
      publicPrefix: '',
      account: expect.any(Function),
      userId: expect.any(Function),
      email: null,
      sms: null,
      availableKinds: ['totp'],
      pagesPath: '/mfa',
      adminPath: '/admin/mfa',
      log: null,
      metrics: null,
      loginPath: '/mfa/login',
      defaultReturnTo: '/',
      featureAvailable: expect.any(Function),
      isFreshSignIn: expect.any(Function),
      limits: { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 },
      passkeys: null,
      totpWindow: 1,
      upstreamMfa: {},
      webhooks: [],
      codeSeconds: 300,
      pendingLoginSeconds: 600,
      smsTimeoutSeconds: 5,
      emailTimeoutSeconds: 10,
      passwordThrottle: {
        perUsername: { points: 10, seconds: 900 },
        perAddress: { points: 100, seconds: 900 },
        overall: { points: 100, seconds: 60 },
      },
      sends: OPTION_DEFAULTS.sends,
      allowedCountries: null,
      csrf: null,
      events: { keepCount: 100_000, keepSeconds: 34_560_000 },
      viewsPath: join(__dirname, '../../../views'),
      templates: expect.any(Object),
      brandOf: expect.any(Function),
      stylesheet: null,
      signInLinks: [],
      onError: expect.any(Function),
      translations: expect.objectContaining({ languages: [...CATALOGUES.keys()] }),
      locale: expect.any(Function),
      languageMenu: false,
      dangerouslyAcceptVolatileRecords: false,
      dangerouslyAllowOpener: false,
      dangers: [],
    });
    expect(keys).toEqual([key]);
    expect(records).toBe(required.records);
    expect(state).toBe(required.state);
    expect(users).toBe(required.users);
    expect(policyOf('acme')).toEqual({
      ...defaultPolicy('acme'),
      methods: ['passkey', 'totp', 'sms', 'email'],
    });
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
        overall: { points: 100, seconds: 60 },
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
