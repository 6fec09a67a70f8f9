import {
  EVENT_NAMES,
  SEVERITIES,
  namesOfSeverity,
  severityOf,
  type EventName,
  type MfaEvent,
  type Severity,
} from '../../events/events';
import type { EventFilter } from '../../stores/event-store';
import type { FlowContext } from '../context/context';
import { instant } from './member-list';

/** An event with the names of its people, if the directory still knows them. */
export interface ShownEvent extends MfaEvent {
  readonly severity: Severity;
  readonly userName?: string;
  readonly actorName?: string;
}

export interface EventPage {
  readonly events: readonly ShownEvent[];
  /** Absent on the last page. A page may have fewer events than `limit`, even none, and still have a next one. */
  readonly nextCursor?: string;
}

/** Selects events of an organization. Omitted fields do not filter. */
export interface EventSearch {
  readonly organizationId: string;
  /** The person the event concerns: a name, an address or an id. Names and addresses are searched with `users.list`. */
  readonly query?: string;
  /** The id of the person the event concerns. */
  readonly userId?: string;
  readonly name?: EventName;
  readonly severity?: Severity;
  /** Epoch milliseconds: the first instant. */
  readonly from?: number;
  /** Epoch milliseconds: the instant after the last one. */
  readonly to?: number;
}

export interface EventPageQuery extends EventSearch {
  readonly cursor?: string;
  /** 1 to 200; other values are clamped. */
  readonly limit: number;
}

const MOST_A_PAGE = 200;
/** A search includes events of at most this many people. */
const MOST_PEOPLE = 100;
/** The maximum number of reads to find events for one page. */
const MOST_READS = 20;

export async function listEventPage(context: FlowContext, query: EventPageQuery): Promise<EventPage> {
  const limit = Math.min(MOST_A_PAGE, Math.max(1, Math.trunc(Number.isNaN(query.limit) ? 1 : query.limit)));
  // Events that were just reported must be on the page.
  const [filter] = await Promise.all([filterOf(context, query), context.events.settled()]);
  let cursor = query.cursor;
  for (let reads = 1; ; reads += 1) {
    const from = cursor === undefined ? {} : { cursor };
    // Each read starts where the previous one ended.
    // oxlint-disable-next-line no-await-in-loop
    const { events, nextCursor } = await context.records.listEvents({ ...filter, ...from, limit });
    if (events.length > 0 || nextCursor === undefined || reads === MOST_READS) {
      // oxlint-disable-next-line no-await-in-loop
      const shown = await nameEvents(context, events);
      return nextCursor === undefined ? { events: shown } : { events: shown, nextCursor };
    }
    cursor = nextCursor;
  }
}

async function filterOf(context: FlowContext, search: EventSearch): Promise<EventFilter> {
  const { organizationId, name, severity, from, to } = search;
  const userIds = await peopleOf(context, search);
  const names = severity === undefined ? EVENT_NAMES : namesOfSeverity(severity);
  return {
    organizationId,
    ...(userIds === null ? {} : { userIds }),
    ...(name === undefined && severity === undefined
      ? {}
      : { names: names.filter((one) => name === undefined || one === name) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Null for all people. A person who has left is found only by id. */
async function peopleOf(
  { directory }: FlowContext,
  { organizationId, query, userId }: EventSearch,
): Promise<readonly string[] | null> {
  if (query === undefined) return userId === undefined ? null : [userId];
  const { accounts } = await directory.list({ organizationId, query, limit: MOST_PEOPLE });
  const ids = [query, ...accounts.map(({ id }) => id)];
  return userId === undefined ? ids : ids.filter((id) => id === userId);
}

export async function nameEvents(
  context: FlowContext,
  events: readonly MfaEvent[],
): Promise<readonly ShownEvent[]> {
  const ids = events.flatMap(({ userId, actorId }) => [userId, actorId]).filter((id) => id !== undefined);
  const people = await context.directory.findMany([...new Set(ids)]);
  return events.map((event) => {
    const userName = event.userId === undefined ? undefined : people.get(event.userId)?.name;
    const actorName = event.actorId === undefined ? undefined : people.get(event.actorId)?.name;
    return {
      ...event,
      severity: severityOf(event.name),
      ...(userName === undefined ? {} : { userName }),
      ...(actorName === undefined ? {} : { actorName }),
    };
  });
}

export function parseEventName(value: unknown): EventName | undefined {
  return EVENT_NAMES.find((name) => name === value);
}

export function parseSeverity(value: unknown): Severity | undefined {
  return SEVERITIES.find((severity) => severity === value);
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
  'severity',
];

/** The filtered events as rows for EVENT_COLUMNS, newest first. Instants in ISO 8601. The writer escapes. */
export async function* eventRows(
  context: FlowContext,
  query: EventSearch,
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
  const { at, name, userId, userName, actorId, actorName, address, details, severity } = event;
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
    severity,
  ];
}
