import { SEVERITIES, EVENT_NAMES, type EventName, type Severity } from '../events/events';
import type { MfaEvents } from '../events/event-recorder';
import { listEventPage, type EventPage } from '../flows/admin/list-events';
import type { FlowContext } from '../flows/context/context';
import { requireUserList } from '../http/admin/admin-options';
import { call, options, verb, type Argument, type RulesForCalls } from '../options/call-check';
import type { RulesFor } from '../options/option-check';
import { aFunction, anId, number, oneOf, someText } from '../options/option-kinds';
import { idText, type HostId } from './host-actor';
import type { HostParts } from './members-api';

/** Selects events, newest first. Omitted fields do not restrict the result. */
export interface EventQueryRequest {
  /** Default `default`. */
  readonly organizationId?: HostId;
  /** A name, an address or an id of the person the event concerns. Searches names and addresses with `users.list`. */
  readonly query?: string;
  /** The id of the person the event concerns. */
  readonly userId?: HostId;
  readonly name?: EventName;
  readonly severity?: Severity;
  /** Epoch milliseconds, inclusive. */
  readonly from?: number;
  /** Epoch milliseconds, exclusive. */
  readonly to?: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string;
  /** 1 to 200; default 50. A page may have fewer events and still have a next page. */
  readonly limit?: number;
}

/** Events for the host. The name `'event'` stands for all events. */
export interface EventsApi extends MfaEvents {
  /**
   * A page of the stored events of an organization, newest first.
   * @throws ConfigurationError if `query` is given and `users.list` is missing.
   * @example
   * const { events, nextCursor } = await mfa.events.query({ organizationId: 'acme', severity: 'alert' });
   */
  query(request?: EventQueryRequest): Promise<EventPage>;
}

/** Events listed at a time by default. */
const PAGE = 50;

export function createEventsApi(context: FlowContext, { users }: Pick<HostParts, 'users'>): EventsApi {
  const { events } = context;
  return {
    on: (name, listener) => events.on(name, listener),
    off: (name, listener) => events.off(name, listener),
    settled: () => events.settled(),
    async query({ organizationId = 'default', userId, limit = PAGE, ...search }: EventQueryRequest = {}) {
      if (search.query !== undefined) requireUserList(users);
      return listEventPage(context, {
        organizationId: idText(organizationId),
        limit,
        ...search,
        ...(userId === undefined ? {} : { userId: idText(userId) }),
      });
    },
  };
}

const INSTANT = { min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'epoch milliseconds' } as const;

const QUERY = options("events.query({ organizationId: 'acme', severity: 'alert' })", {
  organizationId: anId("organizationId: 'acme'"),
  query: someText('a text to search for', "query: 'ada'"),
  userId: anId('userId: user.id'),
  name: oneOf(EVENT_NAMES, "name: 'proof-rejected'"),
  severity: oneOf(SEVERITIES, "severity: 'alert'"),
  from: number({ ...INSTANT, write: 'from: Date.now() - 86_400_000' }),
  to: number({ ...INSTANT, write: 'to: Date.now()' }),
  cursor: someText('the nextCursor of the page before', 'cursor: nextCursor'),
  limit: number({ min: 1, max: 200, unit: 'events', write: 'limit: 50' }),
} satisfies RulesFor<EventQueryRequest>);

const EVENT: Argument = {
  name: 'name',
  ...oneOf(['event', ...EVENT_NAMES], "on('proof-rejected', (event) => …)"),
  required: true,
};

const LISTENER: Argument = {
  name: 'listener',
  schema: aFunction,
  allowed: 'a function that takes an event',
  write: '(event) => …',
  required: true,
};

export const EVENT_RULES: RulesForCalls<EventsApi> = {
  on: call(EVENT, LISTENER),
  off: call(EVENT, LISTENER),
  settled: verb(),
  query: verb(QUERY),
};
