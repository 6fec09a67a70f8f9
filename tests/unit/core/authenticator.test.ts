import { GUESS_LIMITS, MOST_AUTHENTICATORS, NO_USE } from '../../../src/core/member/authenticator';

describe('a count of guesses', () => {
  it('has the limits of the standards (NIST SP 800-63B-4, 3.2.2; PCI DSS 8.3.4)', () => {
    expect(GUESS_LIMITS).toEqual({ perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 });
  });
});

describe('an authenticator', () => {
  it('is one of twenty at most', () => {
    expect(MOST_AUTHENTICATORS).toBe(20);
  });

  it('on file has done nothing at first', () => {
    expect(NO_USE).toEqual({ failures: 0, disabledAt: null, lastUsedAt: null });
  });
});
