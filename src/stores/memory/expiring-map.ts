/** A map whose entries end at an instant of the caller's clock, and that does not grow with what has ended. */
export class ExpiringMap<Value> {
  readonly #entries = new Map<string, { value: Value; expiresAt: number }>();
  #sweepAt = 1000;

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  expiresAt(key: string): number | undefined {
    return this.#entries.get(key)?.expiresAt;
  }

  set(key: string, value: Value, life: { readonly now: number; readonly expiresAt: number }): void {
    this.#entries.set(key, { value, expiresAt: life.expiresAt });
    if (this.#entries.size >= this.#sweepAt) this.#sweep(life.now);
  }

  /** A new value with the life of the old one. */
  replace(key: string, value: Value): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.value = value;
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  deleteWhere(isGone: (key: string, value: Value) => boolean): void {
    for (const [key, { value }] of this.#entries) if (isGone(key, value)) this.#entries.delete(key);
  }

  /** Sweeping when the map has doubled since the last time keeps the cost of each write even. */
  #sweep(now: number): void {
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(key);
    this.#sweepAt = Math.max(1000, this.#entries.size * 2);
  }
}
