import type { EventName, MfaEvent } from '../../events';
import type { FlowContext } from '../context';

/** An event with the names of the people in it, where the directory still knows them. */
export interface ShownEvent extends MfaEvent {
  readonly userName?: string;
  readonly actorName?: string;
}

export interface EventPage {
  readonly events: readonly ShownEvent[];
  /** Absent on the last page. A page may hold fewer than were asked for, even none, and still have a next one. */
  readonly nextCursor?: string;
}

export interface EventPageQuery {
  readonly organizationId: string;
  readonly userId?: string;
  readonly name?: EventName;
  readonly cursor?: string;
  /** 1 to 200; whatever is outside is brought inside. */
  readonly limit: number;
}

export async function listEventPage(_context: FlowContext, _query: EventPageQuery): Promise<EventPage> {
  throw new Error('This is not written yet.');
}

/** Null for what is no event's name. EVENT_NAMES of events.ts lists them all. */
export function parseEventName(_value: unknown): EventName | null {
  throw new Error('This is not written yet.');
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

/** The filtered events as rows of text under EVENT_COLUMNS, newest first. Instants in ISO 8601. Escaping is the writer's. */
export async function* eventRows(
  _context: FlowContext,
  _query: Pick<EventPageQuery, 'organizationId' | 'userId' | 'name'>,
): AsyncGenerator<readonly string[]> {
  throw new Error('This is not written yet.');
}
