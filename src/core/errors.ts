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
 * A failure of the world, passed to `next`. `code` is stable, `status` is the HTTP status to answer with, and
 * `expose` says whether the message may be shown to a visitor.
 */
export class MfaError extends Error {
  override readonly name = 'MfaError';
  readonly code: MfaErrorCode;
  readonly status: number;
  readonly expose: boolean;
  /** Which of several causes it was, for `csrf-token-refused`, `connection-insecure` and `not-found`. */
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

/** What is known of a refusal beyond its message. */
export interface ConfigurationRefusal {
  readonly because?: string;
  readonly faults?: readonly PolicyFault[];
}

/**
 * An option or an argument that cannot be used: unknown, missing, of a wrong type, or refused by a rule, such as a policy that
 * nobody could meet. Thrown by every factory, middleware and verb before it does anything; a verb that answers with a promise
 * rejects with it. The message says what was passed, what is allowed, and what to write.
 */
export class ConfigurationError extends TypeError {
  override readonly name = 'ConfigurationError';
  /** Where it stands, such as `codeSeconds`, `guard.anonymous` or `policies.save.change.methods`. */
  readonly option: string;
  /** A stable word: `malformed`, or the rule that refused, such as `no-usable-method` or `not-yourself`. */
  readonly because: string;
  /** Everything that is wrong with a policy; empty for all else. */
  readonly faults: readonly PolicyFault[];

  constructor(option: string, message: string, refusal: ConfigurationRefusal = {}) {
    super(`${option}: ${message}`);
    this.option = option;
    this.because = refusal.because ?? 'malformed';
    this.faults = refusal.faults ?? [];
  }
}
