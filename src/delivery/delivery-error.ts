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

/** Why a text message did not go out, and whether that says that the provider is down. */
export interface Fault {
  readonly because: DeliveryFault;
  /** `unclear` where the sender did not say: it may be the provider, and it may be this one number. */
  readonly isProviderDown: 'yes' | 'no' | 'unclear';
  /** Whether the message may have gone out all the same. */
  readonly mayArrive: boolean;
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

/** The wait for an answer was given up, or the connection lost: the message may have been taken before. */
const TIMEOUT_CODES: ReadonlySet<unknown> = new Set([
  'ECONNABORTED',
  'ESOCKETTIMEDOUT',
  'ETIMEDOUT',
  'UND_ERR_ABORTED',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);
const LOST_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

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

/** How a request ended without an answer, once it was under way; null where there was one, or it never began. */
export function endWithoutAnswer(error: unknown): 'timed-out' | 'connection-lost' | null {
  const name = fieldOf(error, 'name');
  if (name === 'TimeoutError' || name === 'AbortError' || statusOf(error) === 504) return 'timed-out';
  if (statusOf(error) !== undefined) return null;
  const codes = [error, fieldOf(error, 'cause')]
    .filter((part) => fieldOf(part, 'syscall') !== 'connect')
    .map((part) => fieldOf(part, 'code'));
  if (codes.some((code) => TIMEOUT_CODES.has(code))) return 'timed-out';
  return codes.some((code) => LOST_CODES.has(code)) ? 'connection-lost' : null;
}

/**
 * Reads the error of a sender. Recipients are chosen by visitors: if a number that is refused counted against the provider, three
 * of them would send everybody's texts to their mailboxes.
 */
export function readFault(error: unknown): Fault {
  if (error instanceof DeliveryError) {
    const { because, answered, mayArrive } = error;
    const isProviderDown = because === 'destination-refused' || answered ? 'no' : 'yes';
    return { because, isProviderDown, mayArrive };
  }
  const end = endWithoutAnswer(error);
  if (end === 'timed-out') return { because: end, isProviderDown: 'yes', mayArrive: true };
  const mayArrive = end !== null;
  const [code, status] = [fieldOf(error, 'code'), statusOf(error)];
  if (isRecipientCode(code)) return { because: 'destination-refused', isProviderDown: 'no', mayArrive };
  if (status !== undefined && (status >= 500 || DOWN_STATUSES.has(status)))
    return { because: 'provider-failed', isProviderDown: 'yes', mayArrive };
  if (status === 403) return { because: 'provider-failed', isProviderDown: 'unclear', mayArrive };
  if (status !== undefined) return { because: 'destination-refused', isProviderDown: 'no', mayArrive };
  const isNetwork = [code, fieldOf(fieldOf(error, 'cause'), 'code')].some(
    (text) => typeof text === 'string' && NETWORK_CODE.test(text),
  );
  return { because: 'provider-failed', isProviderDown: isNetwork ? 'yes' : 'unclear', mayArrive };
}
