import { MfaError } from '../../core/errors';
import { UNREADABLE } from './script';

/** What Redis says where a key or field holds something that these stores never write. */
const NONSENSE = new RegExp(
  `${UNREADABLE}|WRONGTYPE|is not an integer|not a valid float|attempt to (?:compare|perform arithmetic|concatenate|index)`,
);

export function unavailable(reason: string, cause?: unknown): MfaError {
  return new MfaError('store-unavailable', `Redis is unavailable: ${reason}`, { cause });
}

export function unreadable(what: string, cause?: unknown): MfaError {
  return new MfaError('records-unreadable', `Redis holds something else than ${what}.`, { cause });
}

/** The error of a command or of the connection, as a caller of a store knows it. */
export function toStoreError(error: unknown): MfaError {
  if (error instanceof MfaError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return NONSENSE.test(message) ? unreadable('what was written', error) : unavailable(message, error);
}

export function isScriptMissing(error: unknown): boolean {
  const said = error instanceof MfaError ? error.cause : error;
  return said instanceof Error && said.message.startsWith('NOSCRIPT');
}

/** What a server says that takes the same command a moment later. */
const PASSING = /^(?:BUSY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|OOM)\b/;

export function isPassing(error: unknown): boolean {
  return error instanceof Error && PASSING.test(error.message);
}

/** The server said no, where another error leaves open what it did. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
