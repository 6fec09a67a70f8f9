/** Far more than are under way at once; the oldest make room. */
const MOST = 10_000;

/** Entries that end by the wall clock, since providers and browsers come back by it. */
export class Moments<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly expiresAt: number }>();

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || Date.now() >= entry.expiresAt ? undefined : entry.value;
  }

  set(key: string, value: Value, lifeSeconds: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: Date.now() + lifeSeconds * 1000 });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
