import type { PolicyFault } from './policy/policy-check';

/** Codes of {@link MfaError}; they are part of the contract. */
export type MfaErrorCode =
  | 'store-unavailable'
  | 'records-unreadable'
  | 'records-not-durable'
  | 'session-missing'
  | 'session-not-renewed'
  | 'host-misconfigured'
  | 'secret-unreadable'
  | 'user-unavailable'
  | 'delivery-failed'
  | 'csrf-token-refused'
  | 'connection-insecure'
  | 'body-unreadable'
  | 'not-found'
  | 'method-not-allowed'
  | 'too-many-requests'
  | 'text-unusable';

const STATUS: Readonly<Record<MfaErrorCode, number>> = {
  'store-unavailable': 503,
  'records-unreadable': 503,
  'records-not-durable': 503,
  'session-missing': 500,
  'session-not-renewed': 500,
  'host-misconfigured': 500,
  'secret-unreadable': 503,
  'user-unavailable': 503,
  'delivery-failed': 503,
  'csrf-token-refused': 403,
  'connection-insecure': 403,
  'body-unreadable': 400,
  'not-found': 404,
  'method-not-allowed': 405,
  'too-many-requests': 429,
  'text-unusable': 400,
};

/**
 * An operational error, passed to `next`. `code` is stable, `status` is the HTTP status to answer with, and `expose` says whether
 * the message may be shown to a visitor.
 */
export class MfaError extends Error {
  override readonly name = 'MfaError';
  readonly code: MfaErrorCode;
  readonly status: number;
  readonly expose: boolean;
  /** The cause, for `csrf-token-refused`, `connection-insecure` and `not-found`. */
  declare readonly reason?: string;

  constructor(
    code: MfaErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly status?: number; readonly reason?: string },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options?.status ?? STATUS[code];
    this.expose = this.status < 500;
    if (options?.reason !== undefined) this.reason = options.reason;
  }
}

/** Machine-readable details of a {@link ConfigurationError}. */
export interface ConfigurationRefusal {
  readonly because?: string;
  readonly faults?: readonly PolicyFault[];
}

/**
 * An option or an argument is invalid: unknown, missing, of a wrong type, or refused by a rule, such as a policy that nobody
 * could meet. Every factory, middleware and method throws it before it does anything; a method that returns a promise rejects
 * with it. The message says what was passed, what is allowed, and what to write.
 */
export class ConfigurationError extends TypeError {
  override readonly name = 'ConfigurationError';
  /** The path of the option, such as `codeSeconds`, `guard.anonymous` or `policies.save.change.methods`. */
  readonly option: string;
  /** A stable code: `malformed`, or the rule that refused, such as `no-usable-method` or `not-yourself`. */
  readonly because: string;
  /** All faults of a policy. Empty for other errors. */
  readonly faults: readonly PolicyFault[];

  constructor(option: string, message: string, refusal: ConfigurationRefusal = {}) {
    super(`${option}: ${message}`);
    this.option = option;
    this.because = refusal.because ?? 'malformed';
    this.faults = refusal.faults ?? [];
  }
}
