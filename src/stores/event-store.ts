import type { MfaEvent } from '../events/events';

/** Which events of an organization; what is left out does not restrict. */
export interface EventFilter {
  readonly organizationId: string;
  /** Events about any of these people; an empty list matches none. */
  readonly userIds?: readonly string[];
  /** Events of any of these names; an empty list matches none. */
  readonly names?: readonly string[];
  /** The first instant. */
  readonly from?: number;
  /** The instant after the last one. */
  readonly to?: number;
}

export interface EventQuery extends EventFilter {
  readonly limit: number;
  readonly cursor?: string;
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
  /**
   * Replaces every event that names the user, in whatever field, by what `erase` makes of it. It keeps its place in the log.
   * Events that are appended meanwhile may be left out.
   */
  eraseFromEvents(
    organizationId: string,
    userId: string,
    erase: (event: MfaEvent) => MfaEvent,
  ): Promise<void>;
  /** Removes every event of the organization. */
  removeEvents(organizationId: string): Promise<void>;
}
