import { parseJson, type Hash } from './replies';
import { unreadable } from './store-errors';

/** Whether Redis has what was remembered; a client may be set to give numbers as text. */
export function isSame(answer: unknown): boolean {
  return answer === 1 || answer === '1';
}

/** The answer to a read that comes from a joined read, as ioredis gives it. */
export function toReply(name: string, answer: unknown): unknown {
  return name === 'hgetall' && Array.isArray(answer) ? toHash(answer) : answer;
}

/** The same of an answer that comes as JSON. Lua has `false` for what is absent, and one empty table for every list. */
export function parseReply(name: string, answer: unknown): unknown {
  if (typeof answer !== 'string') throw unreadable('an answer to a read');
  const reply = parseJson(answer, 'an answer to a read');
  const list = answer === '{}' ? [] : reply;
  return toReply(name, Array.isArray(list) ? list.map(orNull) : orNull(list));
}

function orNull(value: unknown): unknown {
  return value === false ? null : value;
}

function toHash(items: readonly unknown[]): Hash {
  return Object.fromEntries(
    Array.from({ length: items.length / 2 }, (_, pair) => [items[2 * pair], items[2 * pair + 1]]),
  );
}
