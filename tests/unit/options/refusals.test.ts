import { ConfigurationError } from '../../../src/core/errors';
import type { MfaOptions } from '../../../src/options/options';
import { resolveOptions } from '../../../src/options/resolve-options';
import { memoryState } from '../../../src/stores/memory/memory-stores';
import { key, refusal, required, sender, type Person } from './given-options';

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
    ['passwordThrottle.overall.points', 0],
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

  it('is one that is near none, told with all there are and no guess', () => {
    const { message } = refusal({ colour: 'red' });
    expect(message).toMatch(
      /^colour: there is no option of this name\. Known are issuer, .*\. Leave it out\.$/,
    );
    expect(refusal({ policy: {} }).message).toMatch(/Write defaultPolicy, or leave it out\.$/);
  });

  it('is one that is inherited', () => {
    const inherited = Object.create({ limits: { perUser: 1000 } }) as object;
    expect(() => resolveOptions(Object.assign(inherited, required))).toThrow(
      expect.objectContaining({ option: 'limits.perUser' }),
    );
  });

  it('is a table of users with something else than a function under a known name', () => {
    expect(refusal({ users: { findById: () => null, list: [] } }).message).toContain(
      'its list is not a function',
    );
  });

  it('is a store that lacks a method, which is named', () => {
    expect(refusal({ records: memoryState() }).message).toMatch(/^records: it has no method read/);
    const { consumeChallenge: _gone, ...rest } = Object(memoryState());
    expect(refusal({ state: { ...rest, consumeChallenge: null } }).option).toBe('state');
  });

  it('is the whole of them when there are none', () => {
    expect(() => resolveOptions(undefined as unknown as MfaOptions<Person>)).toThrow(ConfigurationError);
  });
});
