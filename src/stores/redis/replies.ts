import { MfaError } from '../../core/errors';
import { UNREADABLE } from './script';

/** Whether a script or command answered 1; a client may be set to give numbers as text. */
export function isOne(reply: unknown): boolean {
  return Number(reply) === 1;
}

/** A list reply, each item text or null. */
export function toTexts(reply: unknown, what: string): readonly (string | null)[] {
  if (!Array.isArray(reply)) throw unreadable(what);
  return reply.map((item: unknown) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'number') return String(item);
    return null;
  });
}

/** The fields of a hash. None that the stores write is a name of `Object.prototype`. */
export type Hash = Readonly<Record<string, string | undefined>>;

export function toHash(reply: unknown, what: string): Hash {
  if (reply instanceof Map) return Object.fromEntries(reply);
  if (!isHash(reply)) throw unreadable(what);
  return reply;
}

/** ioredis answers with an object of texts. */
function isHash(reply: unknown): reply is Hash {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply);
}

/** An instant, a count or a time step, as these stores write it. */
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

/** The answer to a read that comes from a joined read, as ioredis gives it. */
export function toReply(name: string, answer: unknown): unknown {
  return name === 'hgetall' && Array.isArray(answer) ? pairUp(answer) : answer;
}

function pairUp(items: readonly unknown[]): Hash {
  return Object.fromEntries(
    Array.from({ length: items.length / 2 }, (_, pair) => [items[2 * pair], items[2 * pair + 1]]),
  );
}

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
