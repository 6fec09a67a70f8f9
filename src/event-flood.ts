import { isRecent } from './core/credible-instant';
import { RecentMap } from './core/recent-map';
import type { EventName, MfaEvent } from './events';

/** Events that a visitor can cause as often as they send requests. */
const REPEATABLE: ReadonlySet<EventName> = new Set([
  'request-refused',
  'password-rejected',
  'password-throttled',
]);
const WINDOW_SECONDS = 60;
const CAPACITY = 10_000;
/** More than anybody does by hand, and than the limits on guessing let through. */
const MOST_A_MINUTE = 20;

/**
 * Tells floods from news. Stored one by one, a hundred thousand requests would push everything else out of an organization's
 * log, which is how an intruder would clean up.
 */
export class EventFlood {
  readonly #lastStoredAt = new RecentMap<string, number>(CAPACITY);
  readonly #ofPerson = new RecentMap<string, { readonly since: number; count: number }>(CAPACITY);

  /** The same refusal within a minute, or more of one kind by one person in a minute than anybody needs. */
  isHeldBack(event: MfaEvent): boolean {
    return (REPEATABLE.has(event.name) && this.#isRepeated(event)) || this.#isTooMany(event);
  }

  #isRepeated({ name, userId, organizationId, address, details, at }: MfaEvent): boolean {
    const key = JSON.stringify([name, userId, organizationId, address, details['because']]);
    const last = this.#lastStoredAt.get(key);
    if (last !== undefined && isRecent(last, WINDOW_SECONDS, at)) return true;
    this.#lastStoredAt.set(key, at);
    return false;
  }

  /** Whoever holds one password can begin logins without end, from as many addresses as they like. */
  #isTooMany({ name, userId, actorId, organizationId, at }: MfaEvent): boolean {
    if (userId === undefined || actorId !== undefined) return false;
    const key = JSON.stringify([name, userId, organizationId]);
    const known = this.#ofPerson.get(key);
    if (known === undefined || !isRecent(known.since, WINDOW_SECONDS, at)) {
      this.#ofPerson.set(key, { since: at, count: 1 });
      return false;
    }
    known.count += 1;
    return known.count > MOST_A_MINUTE;
  }
}
