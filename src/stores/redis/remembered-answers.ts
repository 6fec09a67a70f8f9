import { RecentMap } from '../../core/recent-map';

/** What a read was answered with, as text and as what it says. */
export interface Remembered<Value> {
  readonly text: string;
  readonly value: Value;
}

/** Some megabytes; whoever is pushed out is read in full once more. */
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

  keep(question: string, answer: Remembered<Value>): void {
    this.#answers.set(question, { text: answer.text, value: freeze(answer.value) });
  }
}

/** Whoever changed a value that others share would change their decisions. */
function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const key in value) freeze(value[key]);
  return Object.freeze(value);
}
