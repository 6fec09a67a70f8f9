import { MfaError } from '../../core/errors';
import { UNREADABLE } from './script';

/** Whether a script or command returned 1. A client can be configured to return numbers as text. */
export function isOne(reply: unknown): boolean {
  return Number(reply) === 1;
}

export function toTexts(reply: unknown, what: string): readonly (string | null)[] {
  if (!Array.isArray(reply)) throw unreadable(what);
  return reply.map((item: unknown) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'number') return String(item);
    return null;
  });
}

/** The fields of a hash. The stores never write a field with the name of a property of `Object.prototype`. */
export type Hash = Readonly<Record<string, string | undefined>>;

export function toHash(reply: unknown, what: string): Hash {
  if (reply instanceof Map) return Object.fromEntries(reply);
  if (!isHash(reply)) throw unreadable(what);
  return reply;
}

/** ioredis returns an object of strings. */
function isHash(reply: unknown): reply is Hash {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply);
}

export function toWholeNumber(text: string, what: string): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value)) throw unreadable(what);
  return value;
}

export function toOptionalNumber(text: string | null | undefined, what: string): number | null {
  return text === null || text === undefined ? null : toWholeNumber(text, what);
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(what, cause);
  }
}

export function parseObject(text: string, what: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text, what);
  if (!isObject(value)) throw unreadable(what);
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

/** Converts the answer of a joined read to the form that ioredis returns. */
export function toReply(name: string, answer: unknown): unknown {
  return name === 'hgetall' && Array.isArray(answer) ? pairUp(answer) : answer;
}

function pairUp(items: readonly unknown[]): Hash {
  return Object.fromEntries(
    Array.from({ length: items.length / 2 }, (_, pair) => [items[2 * pair], items[2 * pair + 1]]),
  );
}

/** Errors of Redis if a key or field has data that these stores never write. */
const UNEXPECTED_DATA = new RegExp(
  `${UNREADABLE}|WRONGTYPE|is not an integer|not a valid float|attempt to (?:compare|perform arithmetic|concatenate|index)`,
);

export function unavailable(reason: string, cause?: unknown): MfaError {
  return new MfaError('store-unavailable', `Redis is unavailable: ${reason}`, { cause });
}

export function unreadable(what: string, cause?: unknown): MfaError {
  return new MfaError('records-unreadable', `Redis has unexpected data instead of ${what}.`, { cause });
}

export function toStoreError(error: unknown): MfaError {
  if (error instanceof MfaError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return UNEXPECTED_DATA.test(message) ? unreadable('what was written', error) : unavailable(message, error);
}

export function isScriptMissing(error: unknown): boolean {
  const cause = error instanceof MfaError ? error.cause : error;
  return cause instanceof Error && cause.message.startsWith('NOSCRIPT');
}

/** Temporary errors: the server accepts the same command a moment later. */
const TEMPORARY = /^(?:BUSY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|OOM)\b/;

export function isTemporary(error: unknown): boolean {
  return error instanceof Error && TEMPORARY.test(error.message);
}

/** Whether the server refused the command. After any other error, it is unknown whether the command was executed. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
