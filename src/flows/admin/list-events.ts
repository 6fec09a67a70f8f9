import { EVENT_NAMES, type EventName, type MfaEvent } from '../../events/events';
import type { FlowContext } from '../context/context';
import { instant } from './member-list';

/** An event with the names of its people, if the directory still knows them. */
export interface ShownEvent extends MfaEvent {
  readonly userName?: string;
  readonly actorName?: string;
}

export interface EventPage {
  readonly events: readonly ShownEvent[];
  /** Absent on the last page. A page may have fewer events than `limit`, even none, and still have a next one. */
  readonly nextCursor?: string;
}

export interface EventPageQuery {
  readonly organizationId: string;
  readonly userId?: string;
  readonly name?: EventName;
  readonly cursor?: string;
  /** 1 to 200; other values are clamped. */
  readonly limit: number;
}

const MOST_A_PAGE = 200;

/** What happened in an organization, newest first. */
export async function listEventPage(context: FlowContext, query: EventPageQuery): Promise<EventPage> {
  const limit = Math.min(MOST_A_PAGE, Math.max(1, Math.trunc(Number.isNaN(query.limit) ? 1 : query.limit)));
  // Events that were just reported must be on the page.
  await context.events.settled();
  const { events, nextCursor } = await context.records.listEvents({ ...query, limit });
  const shown = await nameEvents(context, events);
  return nextCursor === undefined ? { events: shown } : { events: shown, nextCursor };
}

export async function nameEvents(
  context: FlowContext,
  events: readonly MfaEvent[],
): Promise<readonly ShownEvent[]> {
  const ids = events.flatMap(({ userId, actorId }) => [userId, actorId]).filter((id) => id !== undefined);
  if (ids.length === 0) return events;
  const people = await context.directory.findMany([...new Set(ids)]);
  return events.map((event) => {
    const userName = event.userId === undefined ? undefined : people.get(event.userId)?.name;
    const actorName = event.actorId === undefined ? undefined : people.get(event.actorId)?.name;
    return {
      ...event,
      ...(userName === undefined ? {} : { userName }),
      ...(actorName === undefined ? {} : { actorName }),
    };
  });
}

/** Null if it is not the name of an event. */
export function parseEventName(value: unknown): EventName | null {
  return EVENT_NAMES.find((name) => name === value) ?? null;
}

export const EVENT_COLUMNS: readonly string[] = [
  'at',
  'name',
  'user id',
  'user',
  'actor id',
  'actor',
  'address',
  'details',
];

/** The filtered events as rows for EVENT_COLUMNS, newest first. Instants in ISO 8601. The writer escapes. */
export async function* eventRows(
  context: FlowContext,
  query: Pick<EventPageQuery, 'organizationId' | 'userId' | 'name'>,
): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop
    const page = await listEventPage(context, {
      ...query,
      limit: MOST_A_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.events.map((event) => toRow(event));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

function toRow(event: ShownEvent): readonly string[] {
  const { at, name, userId, userName, actorId, actorName, address, details } = event;
  const words = Object.entries(details).map(([key, value]) => `${key}: ${String(value)}`);
  return [
    instant(at),
    name,
    userId ?? '',
    userName ?? '',
    actorId ?? '',
    actorName ?? '',
    address ?? '',
    words.join('; '),
  ];
}
