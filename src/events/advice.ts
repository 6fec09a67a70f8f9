import { ConfigurationError, MfaError, type MfaErrorCode } from '../core/errors';
import type { Clock } from '../core/clock';

/** Faults of the host that every request repeats. */
const FAULTS: readonly MfaErrorCode[] = [
  'host-misconfigured',
  'session-missing',
  'session-not-renewed',
  'user-unavailable',
];

/** Tells the developer what to change, each advice once. */
export class Advice {
  readonly #told = new Set<string>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Advice with the same `topic` is given once. */
  give(topic: string, message: string): void {
    this.#report(topic, new MfaError('host-misconfigured', message));
  }

  /** The same for an error that fails the request. False if it is not about the setup of the host. */
  reportFault(error: unknown): boolean {
    const isFault =
      error instanceof ConfigurationError || (error instanceof MfaError && FAULTS.includes(error.code));
    if (isFault) this.#report(error.message, error);
    return isFault;
  }

  #report(topic: string, error: Error): void {
    if (this.#told.has(topic)) return;
    this.#told.add(topic);
    this.#onError(error);
  }
}

/** The thing that an instant from the future belongs to. */
export type DatedThing =
  'session' | 'login' | 'lock' | 'remembered browser' | 'exemption' | 'password reset' | 'app code';

const PAUSE_MS = 3_600_000;

/** Reports instants from the future, which were ignored because a clock is or was ahead. Once an hour for each kind. */
export class ClockWatch {
  readonly #parts: { readonly clock: Clock; readonly onError: (error: unknown) => void };
  readonly #reportedAt = new Map<DatedThing, number>();
  #furthest: { readonly of: DatedThing; readonly aheadMs: number } | null = null;

  constructor(parts: { readonly clock: Clock; readonly onError: (error: unknown) => void }) {
    this.#parts = parts;
  }

  /** The one furthest ahead since this process started; null if there was none. */
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
        `An instant of a ${of} lies ${seconds} s in the future and was not believed: the clock of a process is or was ahead. Let every process follow the same time server.`,
      ),
    );
  }
}
