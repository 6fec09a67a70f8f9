import type { CurrentDocument, DocumentAnswer } from '../document-store';
import { share, type Remembered, type RememberedAnswers } from './remembered-answers';
import { isSame, parseReply, toReply, toTexts } from './replies';
import { toStoreError, unreadable } from './store-errors';

export type Argument = string | number;

/** A read whose answer is seldom another than the last time. */
export interface Recall<Value> {
  readonly name: 'hget' | 'hmget' | 'hgetall';
  readonly args: readonly string[];
  /** For whom it is read, where what the answer says depends on that. */
  readonly view?: string;
  readonly answers: RememberedAnswers<Value>;
  /** What the answer says. All who read the same again share it, frozen. */
  parse(reply: unknown): Value;
}

/** What waits for an answer. Only the first one counts. */
export interface Command {
  readonly name: string;
  readonly args: readonly Argument[];
  /** How a joined read names the last answer. */
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

/** A read that is answered with "the same" where that is so. */
export class RecalledRead<Value> implements Command {
  readonly #read: Recall<Value>;
  readonly #waiting: Waiting<Value>;
  readonly #question: string;
  readonly #last: Remembered<Value> | undefined;

  constructor(read: Recall<Value>, waiting: Waiting<Value>) {
    this.#read = read;
    this.#waiting = waiting;
    this.#question = `${read.name} ${read.args.join(' ')} ${read.view ?? ''}`;
    this.#last = read.answers.find(this.#question);
  }

  get name(): string {
    return this.#read.name;
  }

  get args(): readonly string[] {
    return this.#read.args;
  }

  get known(): string {
    return this.#last?.text ?? '?';
  }

  answer(reply: unknown): void {
    try {
      this.#waiting.resolve(this.#read.parse(reply));
    } catch (error) {
      this.#waiting.reject(error);
    }
  }

  answerJoined(answer: unknown): void {
    try {
      this.#waiting.resolve(this.#toValue(answer));
    } catch (error) {
      this.#waiting.reject(error);
    }
  }

  #toValue(answer: unknown): Value {
    const read = (text: unknown) => this.#read.parse(parseReply(this.name, text));
    if (isSame(answer) && this.#last !== undefined) return share(this.#last, read);
    const value = read(answer);
    this.#read.answers.keep(this.#question, String(answer));
    return value;
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
    if (isSame(answer)) this.#waiting.resolve({ outcome: 'unchanged' });
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
