import { ConfigurationError, MfaError, type MfaErrorCode } from '../core/errors';
import type { Clock } from '../core/clock';

/** Faults in the host's setup that every request repeats. */
const FAULTS: readonly MfaErrorCode[] = [
  'host-misconfigured',
  'session-missing',
  'session-not-renewed',
  'user-unavailable',
];

/** Tells the developer what to change. Reports each piece of advice once. */
export class Advice {
  readonly #reported = new Set<string>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  give(topic: string, message: string): void {
    this.#report(topic, new MfaError('host-misconfigured', message));
  }

  /** Reports an error that failed the request, once per message. False if it is not about the host's setup. */
  reportFault(error: unknown): boolean {
    const isFault =
      error instanceof ConfigurationError || (error instanceof MfaError && FAULTS.includes(error.code));
    if (isFault) this.#report(error.message, error);
    return isFault;
  }

  #report(topic: string, error: Error): void {
    if (this.#reported.has(topic)) return;
    this.#reported.add(topic);
    this.#onError(error);
  }
}

export type DatedThing =
  'session' | 'login' | 'lock' | 'remembered browser' | 'exemption' | 'password reset' | 'app code';

const PAUSE_MS = 3_600_000;

/** Reports dates in the future, which were ignored because a clock is or was ahead. At most once an hour for each kind. */
export class ClockWatch {
  readonly #parts: { readonly clock: Clock; readonly onError: (error: unknown) => void };
  readonly #reportedAt = new Map<DatedThing, number>();
  #furthest: { readonly of: DatedThing; readonly aheadMs: number } | null = null;

  constructor(parts: { readonly clock: Clock; readonly onError: (error: unknown) => void }) {
    this.#parts = parts;
  }

  /** The date furthest in the future since this process started; null if there was none. */
  get furthest(): { readonly of: DatedThing; readonly aheadMs: number } | null {
    return this.#furthest;
  }

  note(of: DatedThing, at: number): void {
    const now = this.#parts.clock.now();
    const aheadMs = at - now;
    if (this.#furthest === null || aheadMs > this.#furthest.aheadMs) this.#furthest = { of, aheadMs };
    const before = this.#reportedAt.get(of);
    if (before !== undefined && Math.abs(now - before) < PAUSE_MS) return;
    this.#reportedAt.set(of, now);
    const seconds = Math.round(aheadMs / 1000);
    this.#parts.onError(
      new Error(
        `The date of a ${of} is ${seconds} s in the future and was ignored: the clock of a process is or was ahead. Let every process use the same time server.`,
      ),
    );
  }
}
