/** What a code is sent for, the same words as a challenge's purpose. */
export type CodePurpose = 'login' | 'step-up' | 'enroll' | 'unlock';

/** `5 minutes`, or `90 seconds` where that is no whole number of minutes. */
export function durationInWords(seconds: number): string {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/**
 * Why it is not known that a message went out. `destination-refused` speaks of the one address, the others of the provider;
 * after `timed-out` the message may arrive all the same.
 */
export type DeliveryFault = 'destination-refused' | 'provider-failed' | 'timed-out';

/**
 * What a sender rejects with. Of other errors the HTTP status and the code are read, and without either it is `provider-failed`.
 * It carries no cause: a provider's own error often holds the request, and with it the code.
 * @example
 * throw new DeliveryError('destination-refused', 'The number is a landline.');
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly because: DeliveryFault;
  /** The provider answered, so that it is not down, whatever it said. */
  readonly answered: boolean;
  /** The message may have gone out all the same: always where it timed out. */
  readonly mayArrive: boolean;

  constructor(
    because: DeliveryFault,
    message: string,
    known: { readonly answered?: boolean; readonly mayArrive?: boolean } = {},
  ) {
    super(message);
    this.because = because;
    this.answered = known.answered ?? false;
    this.mayArrive = known.mayArrive ?? because === 'timed-out';
  }
}
