import { RecentMap } from '../../core/text/recent-map';

/** What a read was answered with. */
export interface Remembered<Value> {
  /** As Redis said it. */
  readonly text: string;
  /** It was the same once more: that is enough to expect it again. */
  again: boolean;
  /** What it says, for all who read it from then on. */
  shared?: Value;
}

/** Some megabytes. An answer that was dropped is read in full again. */
const MOST = 5000;

/**
 * What this process read last, by what it asked. It is only ever held against what Redis has now, in Redis: an answer that is no
 * longer the same comes in full.
 */
export class RememberedAnswers<Value> {
  readonly #answers = new RecentMap<string, Remembered<Value>>(MOST);

  find(question: string): Remembered<Value> | undefined {
    return this.#answers.get(question);
  }

  keep(question: string, text: string): void {
    this.#answers.set(question, { text, again: false });
  }
}

/** What a remembered answer says; where it goes on being the same, read once and frozen: whoever changed it would change the decisions of others. */
export function share<Value>(remembered: Remembered<Value>, read: (text: string) => Value): Value {
  if (remembered.shared !== undefined) return remembered.shared;
  const value = read(remembered.text);
  if (remembered.again) remembered.shared = freeze(value);
  remembered.again = true;
  return value;
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const key in value) freeze(value[key]);
  return Object.freeze(value);
}
