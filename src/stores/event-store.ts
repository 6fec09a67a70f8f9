import type { MfaEvent } from '../events/events';

export interface EventQuery {
  readonly organizationId: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly userId?: string;
  readonly name?: string;
}

/** Where events are kept, bounded by count and age. */
export interface EventStore {
  /**
   * Appends events of one organization, oldest first, keeping its newest `maxCount` and nothing older than `maxAgeSeconds`. The age
   * counts to the newest event, or to the store's own clock where that is behind it.
   */
  appendEvents(
    events: readonly MfaEvent[],
    keep: { readonly maxCount: number; readonly maxAgeSeconds: number },
  ): Promise<void>;
  /**
   * Newest first. `cursor` is what the page before returned; what never was one begins at the newest.
   * Filters are applied by the store, which reads a bounded number of events a call: a page may hold fewer than `limit`, even
   * none, and still have a next one.
   */
  listEvents(
    query: EventQuery,
  ): Promise<{ readonly events: readonly MfaEvent[]; readonly nextCursor?: string }>;
}
