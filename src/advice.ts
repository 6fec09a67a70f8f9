import { ConfigurationError, MfaError } from './errors';
import type { MfaErrorCode } from './errors';

/** Each request meets these again until the host is changed. */
const FAULTS: readonly MfaErrorCode[] = [
  'host-misconfigured',
  'session-missing',
  'session-not-renewed',
  'user-unavailable',
];

/** Tells the developer what to change, once each, however many requests meet it. */
export class Advice {
  readonly #told = new Set<string>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** `topic` names what is wrong; the message says where it shows and what to write. */
  give(topic: string, message: string): void {
    this.#report(topic, new MfaError('host-misconfigured', message));
  }

  /** The same for an error that the request itself fails with. False where it says nothing about how the host is set up. */
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
