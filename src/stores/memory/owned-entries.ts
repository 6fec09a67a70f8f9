import type { Challenge, ChallengePurpose, PendingLogin } from '../state-store';

/** A pending login or a session, with its challenges and the attempts spent, by purpose. Values are replaced, never changed. */
export interface Owner {
  readonly pending: PendingLogin | null;
  readonly challenges: ReadonlyMap<ChallengePurpose, Challenge>;
  readonly attempts: ReadonlyMap<ChallengePurpose, number>;
}

export type Owners = ExpiringMap<Owner>;

/** JSON, so that different pairs of ids never give the same key. */
export function ownerKey(userId: string, ownerId: string): string {
  return JSON.stringify([userId, ownerId]);
}

export function isOwnedBy(key: string, userId: string): boolean {
  return key.startsWith(`${JSON.stringify([userId]).slice(0, -1)},`);
}

export function withEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): Map<Key, Value> {
  return new Map(map).set(key, value);
}

export function withoutEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Map<Key, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** A map whose entries expire by the caller's clock. Expired entries are removed as the map grows. */
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

  /** Sets a new value and keeps the expiry. */
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

  /** Sweeps whenever the map has doubled since the last sweep, so the average cost of a write is constant. */
  #sweep(now: number): void {
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(key);
    this.#sweepAt = Math.max(1000, this.#entries.size * 2);
  }
}
