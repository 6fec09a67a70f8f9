import * as z from 'zod';
import { MfaError } from '../core/errors';
import type { Schema } from '../core/schema';
import type { DocumentName } from '../stores/document-store';

/**
 * How one kind of document is written. Schemas give defaults to what an older version left out, and keep what a newer one
 * added, so that two versions of an app can run side by side.
 */
export interface DocumentFormat<Value> {
  readonly name: DocumentName;
  readonly schema: Schema<Value>;
  /** The value of a document that does not exist. */
  readonly absent: Value;
}

/** The format that this version writes, and the oldest version that may write over it. */
export const FORMAT = 1;
export const OLDEST_WRITER = 1;

const envelope = z.looseObject({ format: z.int().min(1), oldestWriter: z.int().min(1) });

/** A document as it was read, with the oldest version that may write it. */
export interface ParsedDocument<Value> {
  readonly value: Value;
  readonly oldestWriter: number;
}

export function parseDocument<Value>(format: DocumentFormat<Value>, body: string): ParsedDocument<Value> {
  try {
    const { format: _, oldestWriter, ...rest } = envelope.parse(JSON.parse(body));
    return { value: freeze(format.schema.parse(rest)), oldestWriter };
  } catch (cause) {
    const message = `The ${format.name} document is not what was written.`;
    throw new MfaError('records-unreadable', message, { cause });
  }
}

/** U+0000 and halves of surrogate pairs, which PostgreSQL does not store. JSON writes both as escapes. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

export function writeDocument(value: unknown): string {
  const body = JSON.stringify({ format: FORMAT, oldestWriter: OLDEST_WRITER, ...Object(value) });
  if (UNSTORABLE.test(body))
    throw new MfaError('text-unusable', 'The text holds a character that cannot be stored.');
  return body;
}

/** Requests share what was read. A change made by one would change the decisions of others. */
export function freeze<Value>(value: Value): Value {
  // Text, numbers and null count as frozen.
  if (Object.isFrozen(value)) return value;
  for (const key in value) freeze(value[key]);
  return Object.freeze(value);
}
