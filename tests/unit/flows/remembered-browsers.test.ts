import type { Facts } from '../../../src/core/decision/decision';
import { rememberableSeconds } from '../../../src/flows/browsers/remembered-browsers';
import { authenticator, factsOf } from '../core/decision-facts';

const DAY = 86_400;
const withApp = { authenticators: [authenticator('totp')], recoveryCodesLeft: 8 };
const rememberable = (facts: Facts, proven = 'totp', phase: 'pending' | 'session' = 'pending') =>
  rememberableSeconds({ phase }, { facts }, proven);

describe('how long a browser may be remembered', () => {
  const policy = { rememberBrowserSeconds: 30 * DAY };

  it('is what the policy says, after a login by the strongest factor', () => {
    expect(rememberable(factsOf({ policy, ...withApp }))).toBe(30 * DAY);
  });

  it.each([
    ['the policy is off', { enabled: false }],
    ['the policy asks for phishing resistance', { strength: 'phishing-resistant' }],
    ['the policy remembers no browser', { rememberBrowserSeconds: 0 }],
  ] as const)('is not at all where %s', (_when, change) => {
    expect(rememberable(factsOf({ policy: { ...policy, ...change }, ...withApp }))).toBeNull();
  });

  it('is not at all after a proof in a session', () => {
    expect(rememberable(factsOf({ policy, ...withApp }), 'totp', 'session')).toBeNull();
  });

  it('is not at all after a weaker factor, and never after a recovery code', () => {
    const facts = factsOf({ policy, ...withApp });
    expect(rememberable(facts, 'email')).toBeNull();
    expect(rememberable(facts, 'recovery-code')).toBeNull();
    expect(rememberable(factsOf({ policy, recoveryCodesLeft: 8 }), 'recovery-code')).toBeNull();
  });
});
