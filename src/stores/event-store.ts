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

/** Whether a filter lets an event through. */
export function matchesFilter(event: MfaEvent, { userIds, names, from, to }: EventFilter): boolean {
  return (
    (userIds === undefined || (event.userId !== undefined && userIds.includes(event.userId))) &&
    (names === undefined || names.includes(event.name)) &&
    (from === undefined || event.at >= from) &&
    (to === undefined || event.at < to)
  );
}

/** Whether any field of the event is the id of the user. */
export function namesUser({ userId, actorId, details }: MfaEvent, id: string): boolean {
  return userId === id || actorId === id || Object.values(details).includes(id);
}

/** Null where the text is no event of the organization. */
export function parseEvent(text: string, organizationId: string): MfaEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isEvent(value) && value.organizationId === organizationId ? value : null;
}

/** The name is not compared with those of this version: a later one may have written it. */
function isEvent(value: unknown): value is MfaEvent {
  if (!isObject(value)) return false;
  const { name, at, organizationId, userId, actorId, address, loginId, details } = value;
  return (
    typeof name === 'string' &&
    Number.isSafeInteger(at) &&
    typeof organizationId === 'string' &&
    [userId, actorId, address, loginId].every((item) => item === undefined || typeof item === 'string') &&
    isObject(details)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
