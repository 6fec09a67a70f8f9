import type { MfaEvent } from '../events/events';

/** Selects events of an organization. Omitted fields do not restrict the result. */
export interface EventFilter {
  readonly organizationId: string;
  /** Events about any of these people; an empty list matches none. */
  readonly userIds?: readonly string[];
  /** Events of any of these names; an empty list matches none. */
  readonly names?: readonly string[];
  /** Epoch milliseconds, inclusive. */
  readonly from?: number;
  /** Epoch milliseconds, exclusive. */
  readonly to?: number;
}

export interface EventQuery extends EventFilter {
  readonly limit: number;
  readonly cursor?: string;
}

/** Stores events, limited by count and age. */
export interface EventStore {
  /**
   * Appends events of one organization, oldest first, and keeps its newest `maxCount`, none older than `maxAgeSeconds`. The age
   * is measured from the newest event, or from the store's own clock if that is earlier.
   */
  appendEvents(
    events: readonly MfaEvent[],
    keep: { readonly maxCount: number; readonly maxAgeSeconds: number },
  ): Promise<void>;
  /**
   * Lists events, newest first. `cursor` is the `nextCursor` of the previous page; an invalid cursor starts at the newest
   * event. The store applies the filters and reads a limited number of events per call: a page may have fewer events than
   * `limit`, or no events, and still have a next page.
   */
  listEvents(
    query: EventQuery,
  ): Promise<{ readonly events: readonly MfaEvent[]; readonly nextCursor?: string }>;
  /**
   * Replaces every event that contains the user's id, in any field, with the result of `erase`, at the same position in the
   * log. Events that are appended meanwhile may be missed.
   */
  eraseFromEvents(
    organizationId: string,
    userId: string,
    erase: (event: MfaEvent) => MfaEvent,
  ): Promise<void>;
  /** Removes every event of the organization. */
  removeEvents(organizationId: string): Promise<void>;
}

/** Whether an event matches a filter. */
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

/** Null if the text is not an event of the organization. */
export function parseEvent(text: string, organizationId: string): MfaEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isEvent(value) && value.organizationId === organizationId ? value : null;
}

/** Unknown event names are allowed, because a later version may have written them. */
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
