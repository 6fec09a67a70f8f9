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
