/** The purpose of a code; the same values as the purpose of a challenge. */
export type CodePurpose = 'login' | 'step-up' | 'enroll' | 'unlock';

/**
 * Why a message was not sent, as far as is known. `destination-refused` concerns this address, the others the provider. After
 * `timed-out`, the message may still arrive.
 */
export type DeliveryFault = 'destination-refused' | 'provider-failed' | 'timed-out';

/**
 * The error that a sender rejects with. Of other errors, the HTTP status and the error code are read; without them, the error
 * counts as `provider-failed`. It has no cause, because a provider's error often contains the request, and with it the code.
 * @example
 * throw new DeliveryError('destination-refused', 'The number is a landline.');
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly because: DeliveryFault;
  /** The provider answered, so it is not down. */
  readonly answered: boolean;
  /** The message may still have been sent; always true after a timeout. */
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

export interface Fault {
  readonly because: DeliveryFault;
  /** `unclear` if the cause may be the provider or this number. */
  readonly isProviderDown: 'yes' | 'no' | 'unclear';
  readonly mayArrive: boolean;
}

/** Twilio's error codes about one recipient, with any HTTP status. */
const RECIPIENT_CODES: ReadonlySet<unknown> = new Set([
  21211, 21214, 21217, 21219, 21265, 21266, 21401, 21407, 21408, 21421, 21604, 21608, 21610, 21612, 21614,
  21635, 30003, 30004, 30005, 30006,
]);

const NETWORK_CODE = /^(?:E[A-Z_]{3,}|UND_ERR_\w+|ERR_(?:TLS|SSL|SOCKET|NETWORK|CANCELED)\w*|CERT_\w+)$/;

/** A timeout or a lost connection: the provider may already have accepted the message. */
const TIMEOUT_CODES: ReadonlySet<unknown> = new Set([
  'ECONNABORTED',
  'ESOCKETTIMEDOUT',
  'ETIMEDOUT',
  'UND_ERR_ABORTED',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);
const LOST_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Unauthorized, or "try again later". A 403 can concern the provider or the number. */
const DOWN_STATUSES: ReadonlySet<number> = new Set([401, 402, 407, 408, 425, 429]);

const fieldOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

export function isRecipientCode(code: unknown): boolean {
  return RECIPIENT_CODES.has(typeof code === 'string' && /^\d{5}$/.test(code) ? Number(code) : code);
}

function statusOf(error: unknown): number | undefined {
  const places = [error, fieldOf(error, 'response'), fieldOf(error, '$metadata'), fieldOf(error, 'cause')];
  return places
    .flatMap((place) => ['status', 'statusCode', 'httpStatusCode'].map((name) => fieldOf(place, name)))
    .find((status): status is number => typeof status === 'number' && status >= 400 && status < 600);
}

/** How a request ended without an answer; null if there was one, or the request never reached the provider. */
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

/** Visitors choose the numbers: if refused ones counted against the provider, three would redirect all texts to email. */
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
