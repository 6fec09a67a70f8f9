import type { EventName, MfaEvent } from './events';

/** Events that a visitor can cause as often as they send requests. */
const REPEATABLE: ReadonlySet<EventName> = new Set([
  'request-refused',
  'password-rejected',
  'password-throttled',
]);
const WINDOW_MS = 60_000;
const CAPACITY = 10_000;

/**
 * Tells repeated refusals from new ones. Stored one by one, a hundred thousand requests would push everything else out of
 * an organization's log, which is how an intruder would clean up.
 */
export class EventFlood {
  readonly #lastStoredAt = new Map<string, number>();

  isRepeated({ name, userId, organizationId, address, details, at }: MfaEvent): boolean {
    if (!REPEATABLE.has(name)) return false;
    const key = JSON.stringify([name, userId, organizationId, address, details['because']]);
    const last = this.#lastStoredAt.get(key);
    if (last !== undefined && at - last < WINDOW_MS) return true;
    this.#lastStoredAt.delete(key);
    this.#lastStoredAt.set(key, at);
    const [oldest] = this.#lastStoredAt.keys();
    if (this.#lastStoredAt.size > CAPACITY && oldest !== undefined) this.#lastStoredAt.delete(oldest);
    return false;
  }
}
