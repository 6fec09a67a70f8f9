import { hasEnded } from '../core/text/credible-instant';
import type { Clock } from '../options/ports';
import { DeliveryError } from './delivery-error';

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

/**
 * Waits for `send` no longer than it may take. The signal tells a sender to stop; one that does not listen is left alone, and
 * `onLate` is told what it answers after the limit. That nothing was answered in time does not say that nothing was sent.
 */
export async function withTimeLimit<Result>(
  seconds: number,
  send: (signal: AbortSignal) => Promise<Result>,
  onLate: (result: Result) => void = () => undefined,
): Promise<Result> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      const error = new DeliveryError('timed-out', `The sender did not answer within ${seconds} s.`);
      reject(error);
      controller.abort(error);
    }, seconds * 1000);
  });
  // A sender may throw before it returns a promise.
  const sent = Promise.resolve().then(() => send(controller.signal));
  sent.then(
    (result) => {
      if (isOver) onLate(result);
    },
    () => undefined,
  );
  try {
    return await Promise.race([sent, limit]);
  } finally {
    clearTimeout(timer);
  }
}
