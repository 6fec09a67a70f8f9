import { MfaError } from '../core/errors';
import { severityOf, type MfaEvent, type Severity } from './events';

/** A logger like pino: each method takes fields and a message, and is called on the logger. */
export interface Logger {
  readonly error: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  /** If present, every line is written to `child({ module: 'express-mfa' })`. */
  readonly child?: (bindings: Readonly<Record<string, unknown>>) => Logger;
}

type Level = 'error' | 'warn' | 'info';

const LEVELS: Readonly<Record<Severity, Level>> = {
  info: 'info',
  notice: 'info',
  warning: 'warn',
  alert: 'error',
};

/** Advice about the setup. It does not fail a request. */
const ADVICE: readonly string[] = ['host-misconfigured'];

/** How many nested causes are logged. */
const MAX_CAUSES = 4;

export interface Log {
  readonly error: (error: unknown) => void;
  readonly event: (event: MfaEvent) => void;
}

/**
 * Writes errors and events to a logger. An error of a library may contain a request, and with it an address or a code. So
 * messages are logged without addresses and long numbers, and `code` is the only other field that is logged. The network address
 * of an event is not logged.
 */
export function createLog(logger: Logger): Log {
  const lines = logger.child?.({ module: 'express-mfa' }) ?? logger;
  return {
    error(error) {
      const err = sanitizedCopy(error, MAX_CAUSES);
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

/** A new error with only the name, code, message, stack and causes. */
function sanitizedCopy(error: unknown, depth: number): Error & { readonly code?: unknown } {
  if (!(error instanceof Error)) return new Error(withoutAddresses(String(error)));
  const { name, message, stack, cause } = error;
  const copy = new Error(withoutAddresses(message));
  const code: unknown = Reflect.get(error, 'code');
  return Object.assign(copy, {
    name,
    stack: withoutAddresses(stack ?? ''),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(cause === undefined || depth === 0 ? {} : { cause: sanitizedCopy(cause, depth - 1) }),
  });
}

/** Email addresses, and numbers of six or more digits, including separators: they may be codes or phone numbers. */
const PERSONAL = /[^\s<>"'(),:;@]+@[^\s<>"'(),:;@]+|\+?\d(?:[ ().-]{0,2}\d){5,}/g;

function withoutAddresses(text: string): string {
  return text.replaceAll(PERSONAL, '[removed]');
}
