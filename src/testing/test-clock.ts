import type { Clock } from '../core/clock';

/** A clock for the option `clock`. It only changes when a test changes it. */
export interface TestClock extends Clock {
  /** Epoch milliseconds. */
  now(): number;
  advance(milliseconds: number): void;
  /** Sets it to an instant in epoch milliseconds. */
  set(atMilliseconds: number): void;
}

/**
 * Starts at an instant in epoch milliseconds. Default: the start of a time step of 30 seconds.
 *
 * @example
 * const clock = createTestClock();
 * const mfa = createMfa({ ...options, clock });
 * clock.advance(30_000); // an authenticator app shows its next code
 */
export function createTestClock(startAtMilliseconds: number = Date.UTC(2026, 0, 15, 12, 0, 0)): TestClock {
  let at = startAtMilliseconds;
  return {
    now: () => at,
    advance(milliseconds) {
      at += milliseconds;
    },
    set(atMilliseconds) {
      at = atMilliseconds;
    },
  };
}
