import { DeliveryError } from './delivery-error';

/**
 * Waits for `send` no longer than it may take. The signal tells a sender to stop; one that does not listen is left
 * alone, and what it answers later is ignored.
 */
export async function withTimeLimit<Result>(
  seconds: number,
  send: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new DeliveryError('timed-out', `The sender did not answer within ${seconds} s.`);
      reject(error);
      controller.abort(error);
    }, seconds * 1000);
  });
  // A sender may throw before it returns a promise.
  const sent = Promise.resolve().then(() => send(controller.signal));
  try {
    return await Promise.race([sent, limit]);
  } finally {
    clearTimeout(timer);
  }
}
