import type { Clock } from '../ports';

/** Spares a provider that is down, and the people who would wait for it. */
export interface CircuitBreaker {
  /** Whether a send may be tried now. Every `true` is answered by one `record…`. */
  tryEnter(): boolean;
  recordSuccess(): void;
  recordFailure(): void;
}

/**
 * Opens after so many failures in a row. When it has been open for `openSeconds` it lets one send through, and that
 * one's fate closes it or opens it for as long again.
 */
export function createCircuitBreaker(options: {
  readonly clock: Clock;
  readonly failures: number;
  readonly openSeconds: number;
}): CircuitBreaker {
  const { clock, failures, openSeconds } = options;
  let failed = 0;
  let retryAt = 0;
  return {
    tryEnter() {
      if (failed < failures) return true;
      const now = clock.now();
      if (now < retryAt) return false;
      // Whoever comes next finds it open until this trial has ended.
      retryAt = now + openSeconds * 1000;
      return true;
    },
    recordSuccess() {
      failed = 0;
    },
    recordFailure() {
      failed += 1;
      retryAt = clock.now() + openSeconds * 1000;
    },
  };
}
