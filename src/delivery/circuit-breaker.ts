import { hasEnded } from '../core/clock';
import type { Clock } from '../options/ports';
import { DeliveryError } from './delivery-error';

/** Stops sending to a provider that is down, so that nobody waits for it. */
export interface CircuitBreaker {
  /** Whether a send may be tried now. After `true`, call at most one `record…` method. */
  tryEnter(): boolean;
  recordSuccess(): void;
  /** With `once`, consecutive failures of this name count as one. */
  recordFailure(once?: string): void;
}

/** After `openSeconds` it lets one send through. Its success closes the breaker; a failure keeps it open for as long again. */
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
      // It stays open for others until this attempt has ended.
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

/** If `send` ignores the signal, `onLate` gets the late result. After a timeout, the message may have been sent or not. */
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
      const error = new DeliveryError('timed-out', `There was no answer within ${seconds} s.`);
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
