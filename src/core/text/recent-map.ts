/**
 * A map that keeps the most recently used entries: at least half of `most`, and never more than `most`. It drops the others all
 * at once. Deleting the first entry of one Map again and again is slow: with 10,000 entries, a set and a get took 12 µs on Node
 * 22 and 9 µs on Node 26, compared to 0.2 and 0.5 µs here. The package lru-cache is about as fast, but would be another
 * dependency.
 */
export class RecentMap<Key, Value> {
  readonly #half: number;
  #newer = new Map<Key, Value>();
  #older = new Map<Key, Value>();

  constructor(most: number) {
    this.#half = Math.ceil(most / 2);
  }

  get(key: Key): Value | undefined {
    const newer = this.#newer.get(key);
    if (newer !== undefined) return newer;
    const older = this.#older.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: Key, value: Value): void {
    if (this.#newer.size >= this.#half && !this.#newer.has(key)) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, value);
  }

  /** Whether it was there. */
  delete(key: Key): boolean {
    const wasNewer = this.#newer.delete(key);
    return this.#older.delete(key) || wasNewer;
  }
}
