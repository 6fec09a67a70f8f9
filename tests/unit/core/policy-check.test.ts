import type { FactorKind } from '../../../src/core/member/factor-kind';
import { MAX_SESSION_DURATION_SECONDS, defaultPolicy, type Policy } from '../../../src/core/policy/policy';
import { checkPolicy } from '../../../src/core/policy/policy-check';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';
import { TEST_FACTORS } from './decision-facts';

const EVERY: readonly FactorKind[] = ['totp', 'sms', 'email'];

/** Forms and JSON bring values of any type; the check is what makes them a policy. */
function faultsOf(changes: Readonly<Record<string, unknown>>, availableKinds = EVERY) {
  const policy = { ...defaultPolicy('acme'), methods: EVERY, enabled: true, ...changes } as Policy;
  return checkPolicy(policy, { factors: FACTOR_TRAITS, availableKinds }).map(({ field, because }) => [
    field,
    because,
  ]);
}

describe('a policy that asks for phishing-resistant methods', () => {
  const faultsWith = (changes: Partial<Policy>, availableKinds: readonly FactorKind[]) =>
    checkPolicy(
      {
        ...defaultPolicy('acme'),
        enabled: true,
        methods: ['key', 'totp'],
        strength: 'phishing-resistant',
        ...changes,
      },
      { factors: TEST_FACTORS, availableKinds },
    ).map(({ field, because }) => [field, because]);

  it('is saved where one is allowed and works here', () => {
    expect(faultsWith({}, ['key', 'totp'])).toEqual([]);
  });

  it.each<[string, Partial<Policy>, readonly FactorKind[]]>([
    ['none is allowed', { methods: ['totp'] }, ['key', 'totp']],
    ['none works here', {}, ['totp']],
  ])('is refused where %s', (_where, changes, availableKinds) => {
    expect(faultsWith(changes, availableKinds)).toEqual([['strength', 'no-phishing-resistant-method']]);
  });

  it('is unfinished while it is off, which does no harm', () => {
    expect(faultsWith({ enabled: false, methods: [] }, ['totp'])).toEqual([]);
  });

  it.each([undefined, null, '', 'strong', ['phishing-resistant'], true])('is not meant by %p', (strength) => {
    expect(faultsWith({ strength } as Partial<Policy>, ['key', 'totp'])).toEqual([['strength', 'malformed']]);
  });
});

describe('checkPolicy', () => {
  it('finds nothing wrong with the default policy, on or off', () => {
    expect(checkPolicy(defaultPolicy('acme'), { factors: FACTOR_TRAITS, availableKinds: EVERY })).toEqual([]);
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    ['graceUntil', Date.UTC(2026, 0, 1)],
    ['graceUntil', 1_000_000_000_000],
    ['graceUntil', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
    ['graceUntil', null],
    ['skips', 1],
    ['skips', 100],
    ['skips', null],
    ['rememberBrowserSeconds', 0],
    ['rememberBrowserSeconds', 90 * 86_400],
    ['sessionDurationSeconds', 1],
    ['sessionDurationSeconds', MAX_SESSION_DURATION_SECONDS],
    ['idleTimeoutSeconds', 1],
    ['idleTimeoutSeconds', 90 * 86_400],
    ['idleTimeoutSeconds', null],
    ['enrollment', 'required'],
    ['methods', ['totp']],
    ['methods', ['email', 'sms']],
  ])('takes %s %p', (field, value) => {
    expect(faultsOf({ [field]: value })).toEqual([]);
  });

  it.each([
    ['sessionDurationSeconds', 0, 'too-small'],
    ['sessionDurationSeconds', -1, 'too-small'],
    ['sessionDurationSeconds', Number.NaN, 'malformed'],
    ['sessionDurationSeconds', Number.POSITIVE_INFINITY, 'too-large'],
    ['sessionDurationSeconds', 1e12, 'too-large'],
    ['sessionDurationSeconds', MAX_SESSION_DURATION_SECONDS + 1, 'too-large'],
    ['sessionDurationSeconds', '1d;', 'malformed'],
    ['sessionDurationSeconds', '3600', 'malformed'],
    ['sessionDurationSeconds', 3600.5, 'malformed'],
    ['sessionDurationSeconds', null, 'malformed'],
    ['idleTimeoutSeconds', 0, 'too-small'],
    ['idleTimeoutSeconds', undefined, 'malformed'],
    ['rememberBrowserSeconds', -1, 'too-small'],
    ['rememberBrowserSeconds', 90 * 86_400 + 1, 'too-large'],
    ['rememberBrowserSeconds', null, 'malformed'],
    ['skips', 0, 'too-small'],
    ['skips', 101, 'too-large'],
    ['skips', 1.5, 'malformed'],
    ['graceUntil', Date.UTC(2026, 0, 1) / 1000, 'too-small'],
    ['graceUntil', 999_999_999_999, 'too-small'],
    ['graceUntil', Date.UTC(9999, 11, 31, 23, 59, 59, 999) + 1, 'too-large'],
    ['graceUntil', 1e18, 'too-large'],
    ['graceUntil', '2026-01-01', 'malformed'],
    ['enrollment', 'mandatory', 'malformed'],
    ['enabled', 'on', 'malformed'],
    ['enrollAtSignUp', 1, 'malformed'],
    ['backupPhone', undefined, 'malformed'],
    ['challengeFederated', null, 'malformed'],
    ['smsFallback', 'no', 'malformed'],
    ['newBrowserNotice', 1, 'malformed'],
    ['methods', 'totp', 'malformed'],
    ['methods', ['totp', 'recovery-code'], 'malformed'],
    ['methods', [], 'no-method'],
    ['methods', ['sms'], 'sms-alone'],
    ['methods', ['sms', 'sms'], 'sms-alone'],
  ])('refuses %s %p: %s', (field, value, because) => {
    expect(faultsOf({ [field]: value })).toEqual([[field, because]]);
  });

  it('refuses an idle time beyond the end of the session', () => {
    const seconds = { sessionDurationSeconds: 3600 };
    expect(faultsOf({ ...seconds, idleTimeoutSeconds: 3600 })).toEqual([]);
    expect(faultsOf({ ...seconds, idleTimeoutSeconds: 3601 })).toEqual([
      ['idleTimeoutSeconds', 'idle-exceeds-session'],
    ]);
  });

  it('judges the methods by what the host can do', () => {
    expect(faultsOf({ methods: ['sms', 'email'] }, ['totp', 'sms'])).toEqual([['methods', 'sms-alone']]);
    expect(faultsOf({ methods: ['email'] }, ['totp'])).toEqual([['methods', 'no-usable-method']]);
    expect(faultsOf({ methods: ['totp', 'email'] }, ['totp'])).toEqual([]);
  });

  it('lets the methods of a policy that is off be unfinished', () => {
    expect(faultsOf({ enabled: false, methods: [] })).toEqual([]);
    expect(faultsOf({ enabled: false, methods: ['sms'] })).toEqual([]);
  });

  it('names every fault, each with a sentence that says what to do', () => {
    const policy = {
      ...defaultPolicy('acme'),
      enabled: true,
      methods: [],
      skips: 0,
      sessionDurationSeconds: 0,
    };
    const faults = checkPolicy(policy, { factors: FACTOR_TRAITS, availableKinds: EVERY });
    expect(faults.map(({ field }) => field)).toEqual(['methods', 'skips', 'sessionDurationSeconds']);
    for (const { message } of faults) expect(message).toMatch(/^[A-Z].*\. (Choose|Allow) .*\.$/);
  });
});
