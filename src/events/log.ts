import { MfaError } from '../core/errors';
import { severityOf, type MfaEvent, type Severity } from './events';

/** A logger in pino's shape: each method takes fields and a message, and is called on the logger. */
export interface Logger {
  readonly error: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  /** Where there is one, every line goes to `child({ module: 'express-mfa' })`. */
  readonly child?: (bindings: Readonly<Record<string, unknown>>) => Logger;
}

type Level = 'error' | 'warn' | 'info';

const LEVELS: Readonly<Record<Severity, Level>> = {
  info: 'info',
  notice: 'info',
  warning: 'warn',
  alert: 'error',
};

/** Advice about the setup, which fails no request. */
const ADVICE: readonly string[] = ['host-misconfigured'];

/** Causes of causes that are written. */
const DEPTH = 4;

export interface Log {
  readonly error: (error: unknown) => void;
  readonly event: (event: MfaEvent) => void;
}

/**
 * Writes errors and events to a logger. Errors of libraries may hold a request and with it an address or a code, so their messages
 * are written without addresses and long numbers, and no other field but `code` is. The network address of an event is not written.
 */
export function createLog(logger: Logger): Log {
  const lines = logger.child?.({ module: 'express-mfa' }) ?? logger;
  return {
    error(error) {
      const err = copyOf(error, DEPTH);
      const level = error instanceof MfaError && ADVICE.includes(error.code) ? 'warn' : 'error';
      lines[level]({ ...(err.code === undefined ? {} : { code: err.code }), err }, err.message);
    },
    event({ name, organizationId, userId, actorId, details }) {
      lines[LEVELS[severityOf(name)]](
        {
          event: name,
          organizationId,
          ...(userId === undefined ? {} : { userId }),
          ...(actorId === undefined ? {} : { actorId }),
          details,
        },
        name,
      );
    },
  };
}

/** A new error with nothing but the name, the code, the message, the stack and the causes. */
function copyOf(error: unknown, depth: number): Error & { readonly code?: unknown } {
  if (!(error instanceof Error)) return new Error(withoutAddresses(String(error)));
  const { name, message, stack, cause } = error;
  const copy = new Error(withoutAddresses(message));
  const code: unknown = Reflect.get(error, 'code');
  return Object.assign(copy, {
    name,
    stack: withoutAddresses(stack ?? ''),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(cause === undefined || depth === 0 ? {} : { cause: copyOf(cause, depth - 1) }),
  });
}

/** Email addresses; and numbers of six digits and more, which may be codes or phone numbers, with what stands between the digits. */
const PERSONAL = /[^\s<>"'(),:;@]+@[^\s<>"'(),:;@]+|\+?\d(?:[ ().-]{0,2}\d){5,}/g;

function withoutAddresses(text: string): string {
  return text.replaceAll(PERSONAL, '[removed]');
}
