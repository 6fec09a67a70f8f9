import { inspect } from 'node:util';

/**
 * A secret or an address in the clear. It is an object and not a string, so that no store method takes it, and it
 * shows nothing of itself in a log, an error or JSON.
 */
export class PlainSecret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
