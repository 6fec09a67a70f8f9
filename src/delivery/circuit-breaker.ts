import { hasEnded } from '../core/credible-instant';
import type { Clock } from '../ports';

/** Spares a provider that is down, and the people who would wait for it. */
export interface CircuitBreaker {
  /** Whether a send may be tried now. Every `true` is answered by at most one `record…`. */
  tryEnter(): boolean;
  recordSuccess(): void;
  /** With `once`, the failures of this name in a row count as one. */
  recordFailure(once?: string): void;
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
  const counted = new Set<string>();
  return {
    tryEnter() {
      if (failed < failures) return true;
      const now = clock.now();
      if (!hasEnded(retryAt, openSeconds, now)) return false;
      // Whoever comes next finds it open until this trial has ended.
      retryAt = now + openSeconds * 1000;
      return true;
    },
    recordSuccess() {
      failed = 0;
      counted.clear();
    },
    recordFailure(once) {
      if (once !== undefined && counted.has(once)) return;
      if (once !== undefined) counted.add(once);
      failed += 1;
      retryAt = clock.now() + openSeconds * 1000;
    },
  };
}
