import type { CurrentDocument, DocumentAnswer } from '../document-store';
import { isOne, toReply, toStoreError, toTexts, unreadable } from './replies';
import { defineScript } from './script';

export type Argument = string | number;

/** A command that waits for its result. Only the first result counts. */
export interface Command {
  readonly name: string;
  readonly args: readonly Argument[];
  /** `=` and the version of a document that the caller has; empty for other reads. */
  readonly known: string;
  answer(reply: unknown): void;
  answerJoined(answer: unknown): void;
  /** Rejects with any error, converted to an `MfaError`. */
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

export interface DocumentRead {
  readonly key: string;
  readonly name: string;
  /** The version that the caller has cached. */
  readonly known?: string;
}

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

/** This store never writes a body without a version, or a version without a body. */
export function toStored(version: string | null, body: string | null): CurrentDocument {
  if (version === null && body === null) return { outcome: 'absent' };
  if (version === null || body === null) throw unreadable('a document');
  return { outcome: 'found', version, body };
}

/**
 * Several reads in one command. Arguments for each key: the name of the read, its number of arguments, the arguments, and `=`
 * with the version that the caller has, or empty. If that version is current, the answer is 1 instead of the document.
 */
export const READ_JOINED = defineScript(`
local answers, at = {}, 1
for i, key in ipairs(KEYS) do
  local count = tonumber(ARGV[at + 1])
  local known = ARGV[at + 2 + count]
  if known ~= '' and redis.pcall('HGET', key, ARGV[at + 2]) == string.sub(known, 2) then
    answers[i] = 1
  else
    answers[i] = redis.pcall(ARGV[at], key, unpack(ARGV, at + 2, at + 1 + count))
  end
  at = at + 3 + count
end
return answers
`);

/** Limited, because Redis does nothing else meanwhile. */
export const MOST_JOINED = 50;

const READS: ReadonlySet<string> = new Set(['get', 'hget', 'hmget', 'hgetall']);

/** Groups consecutive reads, at most `most` together. Other commands stay separate. */
export function toRuns(commands: readonly Command[], most: number): readonly (readonly Command[])[] {
  const runs: Command[][] = [];
  let reads: Command[] | undefined;
  for (const command of commands) {
    const isRead = READS.has(command.name);
    if (isRead && reads !== undefined && reads.length < most) {
      reads.push(command);
      continue;
    }
    const run = [command];
    runs.push(run);
    reads = isRead ? run : undefined;
  }
  return runs;
}

export function joinedArguments(reads: readonly Command[]): readonly Argument[] {
  const keys: Argument[] = [reads.length];
  const words: Argument[] = [];
  for (const { name, args, known } of reads) {
    const [key = '', ...rest] = args;
    keys.push(key);
    words.push(name, rest.length, ...rest, known);
  }
  return [...keys, ...words];
}

export function answerEach(reads: readonly Command[], answers: unknown): void {
  const each: readonly unknown[] = Array.isArray(answers) ? answers : [];
  for (const [place, read] of reads.entries()) {
    const answer = each[place];
    if (answer === undefined) read.fail(unreadable('an answer to each read'));
    else if (answer instanceof Error) read.fail(answer);
    else read.answerJoined(answer);
  }
}
