import { MfaError } from '../core/errors';

/** How long a change may wait for earlier ones. */
const LONGEST_WAIT_MS = 5_000;

export const MOST_WAITING = 50;

interface Waiting {
  readonly isUrgent: boolean;
  readonly start: () => Promise<void>;
}

/**
 * Runs the changes of one owner in sequence, so that requests of the same process never conflict over a document; only processes
 * do. Urgent changes, such as ending sessions, run first and are never refused because too many wait.
 */
export class ChangeQueue {
  readonly #waiting = new Map<string, Waiting[]>();

  /** @throws MfaError `too-many-requests` if too many wait, `store-unavailable` if earlier changes took too long. */
  run<Result>(
    owner: string,
    change: () => Promise<Result>,
    options: { readonly isUrgent?: boolean } = {},
  ): Promise<Result> {
    const { isUrgent = false } = options;
    const waiting = this.#waiting.get(owner);
    if (!isUrgent && waiting !== undefined && waiting.length >= MOST_WAITING) {
      const message = 'Too many changes of one account are waiting. Try again in a moment.';
      return Promise.reject(new MfaError('too-many-requests', message));
    }
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + LONGEST_WAIT_MS;
      const start = () => (performance.now() > deadline ? refuseLate() : change()).then(resolve, reject);
      if (waiting === undefined) {
        this.#waiting.set(owner, []);
        this.#startChange(owner, start);
        return;
      }
      const behind = isUrgent ? waiting.findIndex((one) => !one.isUrgent) : -1;
      waiting.splice(behind === -1 ? waiting.length : behind, 0, { isUrgent, start });
    });
  }

  #startChange(owner: string, start: () => Promise<void>): void {
    void start().finally(() => {
      const next = this.#waiting.get(owner)?.shift();
      if (next === undefined) this.#waiting.delete(owner);
      else this.#startChange(owner, next.start);
    });
  }
}

function refuseLate(): Promise<never> {
  return Promise.reject(new MfaError('store-unavailable', 'The changes before this one took too long.'));
}
