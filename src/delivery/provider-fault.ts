import { DeliveryError } from './delivery-error';
import type { DeliveryFault } from './delivery-error';

/** Why a text message did not go out, and whether that says that the provider is down. */
export interface Fault {
  readonly because: DeliveryFault;
  /** `unclear` where the sender did not say: it may be the provider, and it may be this one number. */
  readonly isProviderDown: 'yes' | 'no' | 'unclear';
}

/**
 * What Twilio says of one recipient, whatever the HTTP status: numbers that are none, cannot be reached, are landlines or in a
 * country that the account does not serve, and people who do not want texts.
 */
const RECIPIENT_CODES: ReadonlySet<unknown> = new Set([
  21211, 21214, 21217, 21219, 21265, 21266, 21401, 21407, 21408, 21421, 21604, 21608, 21610, 21612, 21614,
  21635, 30003, 30004, 30005, 30006,
]);

const NETWORK_CODE = /^(?:E[A-Z_]{3,}|UND_ERR_\w+|ERR_(?:TLS|SSL|SOCKET|NETWORK|CANCELED)\w*|CERT_\w+)$/;

/** Unauthorized, and what asks to come back later. A 403 may speak of either side. */
const DOWN_STATUSES: ReadonlySet<number> = new Set([401, 402, 407, 408, 425, 429]);

const fieldOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

export function isRecipientCode(code: unknown): boolean {
  return RECIPIENT_CODES.has(typeof code === 'string' && /^\d{5}$/.test(code) ? Number(code) : code);
}

/** The status of an HTTP answer, where the error of a client library names it. */
function statusOf(error: unknown): number | undefined {
  const places = [error, fieldOf(error, 'response'), fieldOf(error, '$metadata'), fieldOf(error, 'cause')];
  return places
    .flatMap((place) => ['status', 'statusCode', 'httpStatusCode'].map((name) => fieldOf(place, name)))
    .find((status): status is number => typeof status === 'number' && status >= 400 && status < 600);
}

/**
 * Reads the error of a sender. Recipients are chosen by visitors: if a number that is refused counted against the provider, three
 * of them would send everybody's texts to their mailboxes.
 */
export function readFault(error: unknown): Fault {
  if (error instanceof DeliveryError) {
    const { because, answered } = error;
    return { because, isProviderDown: because === 'destination-refused' || answered ? 'no' : 'yes' };
  }
  const [code, name] = [fieldOf(error, 'code'), fieldOf(error, 'name')];
  if (name === 'TimeoutError' || name === 'AbortError')
    return { because: 'timed-out', isProviderDown: 'yes' };
  const status = statusOf(error);
  if (isRecipientCode(code)) return { because: 'destination-refused', isProviderDown: 'no' };
  if (status !== undefined && (status >= 500 || DOWN_STATUSES.has(status)))
    return { because: 'provider-failed', isProviderDown: 'yes' };
  if (status === 403) return { because: 'provider-failed', isProviderDown: 'unclear' };
  if (status !== undefined) return { because: 'destination-refused', isProviderDown: 'no' };
  const isNetwork = [code, fieldOf(fieldOf(error, 'cause'), 'code')].some(
    (text) => typeof text === 'string' && NETWORK_CODE.test(text),
  );
  return { because: 'provider-failed', isProviderDown: isNetwork ? 'yes' : 'unclear' };
}
