import { DeliveryError } from './delivery-error';

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
