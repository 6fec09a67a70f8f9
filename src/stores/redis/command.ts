import type { CurrentDocument, DocumentAnswer } from '../document-store';
import { isOne, toReply, toTexts } from './replies';
import { toStoreError, unreadable } from './store-errors';

export type Argument = string | number;

/** What waits for an answer. Only the first one counts. */
export interface Command {
  readonly name: string;
  readonly args: readonly Argument[];
  /** The version of a document that the caller has, behind `=`; nothing for other reads. */
  readonly known: string;
  /** By a reply of ioredis. */
  answer(reply: unknown): void;
  /** By an answer of a joined read. */
  answerJoined(answer: unknown): void;
  /** By any error, as an `MfaError`. */
  fail(error: unknown): void;
}

interface Waiting<Value> {
  resolve(value: Value): void;
  reject(error: unknown): void;
}

export class PlainCommand implements Command {
  readonly known = '';
  readonly name: string;
  readonly args: readonly Argument[];
  readonly #waiting: Waiting<unknown>;

  constructor(name: string, args: readonly Argument[], waiting: Waiting<unknown>) {
    this.name = name;
    this.args = args;
    this.#waiting = waiting;
  }

  answer(reply: unknown): void {
    this.#waiting.resolve(reply);
  }

  answerJoined(answer: unknown): void {
    this.#waiting.resolve(toReply(this.name, answer));
  }

  fail(error: unknown): void {
    this.#waiting.reject(toStoreError(error));
  }
}

/** One document of an owner's hash. */
export interface DocumentRead {
  readonly key: string;
  readonly name: string;
  /** The version that the caller still has. */
  readonly known?: string;
}

/** A read of a document that is answered with no more than "unchanged" where the caller has the current version. */
export class VersionedRead implements Command {
  readonly name = 'hmget';
  readonly args: readonly string[];
  readonly known: string;
  readonly #waiting: Waiting<DocumentAnswer>;

  constructor({ key, name, known }: DocumentRead, waiting: Waiting<DocumentAnswer>) {
    this.args = [key, `${name}:v`, name];
    this.known = known === undefined ? '' : `=${known}`;
    this.#waiting = waiting;
  }

  answer(reply: unknown): void {
    try {
      const [version = null, body = null] = toTexts(reply, 'a document');
      const stored = toStored(version, body);
      const isKnown = stored.outcome === 'found' && `=${stored.version}` === this.known;
      this.#waiting.resolve(isKnown ? { outcome: 'unchanged' } : stored);
    } catch (error) {
      this.#waiting.reject(error);
    }
  }

  answerJoined(answer: unknown): void {
    if (isOne(answer)) this.#waiting.resolve({ outcome: 'unchanged' });
    else this.answer(answer);
  }

  fail(error: unknown): void {
    this.#waiting.reject(toStoreError(error));
  }
}

/** A body without a version, or the other way round, was not written by this store. */
export function toStored(version: string | null, body: string | null): CurrentDocument {
  if (version === null && body === null) return { outcome: 'absent' };
  if (version === null || body === null) throw unreadable('a document');
  return { outcome: 'found', version, body };
}
