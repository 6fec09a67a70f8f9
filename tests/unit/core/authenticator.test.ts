import {
  GUESS_LIMITS,
  isLocked,
  MOST_AUTHENTICATORS,
  NO_GUESSES,
  NO_USE,
} from '../../../src/core/authenticator';

describe('a count of guesses', () => {
  it('is locked until its end and not a millisecond longer', () => {
    const counter = { failures: 10, lockedUntil: 1000 };
    expect([isLocked(counter, 999), isLocked(counter, 1000), isLocked(counter, 1001)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('begins at nothing, without a lock', () => {
    expect(NO_GUESSES).toEqual({ failures: 0, lockedUntil: null });
    expect(isLocked(NO_GUESSES, 0)).toBe(false);
  });

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
