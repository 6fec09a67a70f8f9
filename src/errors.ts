/** Codes of {@link MfaError}; they are part of the contract. */
export type MfaErrorCode =
  | 'store-unavailable'
  | 'records-unreadable'
  | 'records-not-durable'
  | 'session-missing'
  | 'secret-unreadable'
  | 'user-unavailable'
  | 'delivery-failed'
  | 'csrf-token-refused'
  | 'body-unreadable'
  | 'not-found'
  | 'method-not-allowed';

const STATUS: Readonly<Record<MfaErrorCode, number>> = {
  'store-unavailable': 503,
  'records-unreadable': 503,
  'records-not-durable': 503,
  'session-missing': 500,
  'secret-unreadable': 503,
  'user-unavailable': 503,
  'delivery-failed': 503,
  'csrf-token-refused': 403,
  'body-unreadable': 400,
  'not-found': 404,
  'method-not-allowed': 405,
};

/**
 * A failure of the world, passed to `next`. `code` is stable, `status` is the HTTP status to answer with, and
 * `expose` says whether the message may be shown to a visitor.
 */
export class MfaError extends Error {
  override readonly name = 'MfaError';
  readonly code: MfaErrorCode;
  readonly status: number;
  readonly expose: boolean;

  constructor(
    code: MfaErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly status?: number },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options?.status ?? STATUS[code];
    this.expose = this.status < 500;
  }
}

/** An option that cannot be used. Thrown at start; the message says what was passed, what is allowed, and what to write. */
export class ConfigurationError extends TypeError {
  override readonly name = 'ConfigurationError';
  readonly option: string;

  constructor(option: string, message: string) {
    super(`${option}: ${message}`);
    this.option = option;
  }
}
