/** Why a message did not go out. `destination-refused` speaks of the one address, the others of the provider. */
export type DeliveryFault = 'destination-refused' | 'provider-failed' | 'timed-out';

/**
 * What a sender rejects with. Any other error counts as `provider-failed`. It carries no cause: a provider's own error
 * often holds the request, and with it the code.
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly because: DeliveryFault;

  constructor(because: DeliveryFault, message: string) {
    super(message);
    this.because = because;
  }
}
