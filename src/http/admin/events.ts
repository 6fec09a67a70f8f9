import type { Router } from 'express';
import { SEVERITIES, type EventName, type Severity } from '../../events/events';
import {
  EVENT_COLUMNS,
  eventRows,
  listEventPage,
  parseEventName,
  parseSeverity,
  type EventSearch,
  type ShownEvent,
} from '../../flows/admin/list-events';
import { listDeadWebhooks, type DeadWebhook } from '../../flows/webhooks/send-webhook';
import type { Moment, Translator } from '../../messages/translator';
import { refusePlainly, show } from '../kernel/page-route';
import { adminHead, pageSize, pathWith, textQuery, type WithAdmin } from './admin-page';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { csvFileName, csvHeadings, sendCsv } from './csv';
import { foldSignIns, type EventStory, type ListedSpan } from './event-stories';
import { eventChoices, eventText, toEventRow, type EventRow } from './event-words';
import { dayField, parseInstant } from './form-fields';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/events': EventsLocals;
  }
}

export function addEventRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/events', readRoute(routes, showEvents));
  router.get('/:organizationId/events.csv', readRoute(routes, sendEventsCsv));
}

const LONGEST_TEXT = 200;
const DAY_MS = 86_400_000;
/** The most undelivered webhooks on the page. */
const MOST_SHOWN = 20;

/** Null if the query is invalid; the response is already sent then. */
async function readSearch(page: AdminPage): Promise<EventSearch | null> {
  const text = (name: string) => textQuery(page.req, name).trim().slice(0, LONGEST_TEXT);
  const [query, userId] = [text('q'), text('user')];
  const fields = {
    name: parseField(page, 'name', parseEventName),
    severity: parseField(page, 'severity', parseSeverity),
    from: parseField(page, 'from', (value) => parseInstant(value) ?? undefined),
    to: parseField(page, 'to', parseEnd),
  };
  const [refused] = Object.entries(fields).find(([, value]) => value === 'invalid') ?? [];
  if (refused !== undefined) {
    const because = BECAUSE[refused] ?? 'unknown-date';
    await refusePlainly(page, { because, status: 400, next: `${page.basePath}/events` });
    return null;
  }
  const { name, severity, from, to } = fields;
  return {
    organizationId: page.organization.id,
    ...(query === '' ? {} : { query }),
    ...(userId === '' ? {} : { userId }),
    ...(isGiven(name) ? { name } : {}),
    ...(isGiven(severity) ? { severity } : {}),
    ...(isGiven(from) ? { from } : {}),
    ...(isGiven(to) ? { to } : {}),
  };
}

const BECAUSE: Readonly<Record<string, string>> = { name: 'unknown-event', severity: 'unknown-severity' };

/** Undefined if the field is missing or empty. */
function parseField<Value>(
  { req }: AdminPage,
  name: string,
  parse: (value: unknown) => Value | undefined,
): Value | 'invalid' | undefined {
  const given: unknown = req.query[name];
  return given === undefined || given === '' ? undefined : (parse(given) ?? 'invalid');
}

function isGiven<Value>(value: Value | 'invalid' | undefined): value is Value {
  return value !== undefined && value !== 'invalid';
}

/** The end of the span. A day without a time includes the whole day. */
function parseEnd(value: unknown): number | undefined {
  const at = parseInstant(value);
  if (at === null) return undefined;
  return typeof value === 'string' && value.trim().length === '2026-11-22'.length ? at + DAY_MS : at;
}

async function showEvents(page: AdminPage): Promise<void> {
  const { context, req, translator } = page;
  const search = await readSearch(page);
  if (search === null) return;
  const path = `${page.basePath}/events`;
  const limit = pageSize(req);
  if (limit === null) return refusePlainly(page, { because: 'page-size', status: 400, next: path });
  const cursor = textQuery(req, 'cursor');
  const [{ events, nextCursor }, undelivered] = await Promise.all([
    listEventPage(context, { ...search, limit, ...(cursor === '' ? {} : { cursor }) }),
    listDeadWebhooks(context, page.organization.id),
  ]);
  if (page.json) {
    page.res.json({
      events,
      ...(undelivered.length === 0 ? {} : { undelivered }),
      ...(nextCursor === undefined ? {} : { nextCursor }),
    });
    return;
  }
  const { query, userId, name, severity } = search;
  const { now } = page.gathered;
  const [from, to] = [textQuery(req, 'from'), textQuery(req, 'to')];
  const filters = { q: query, user: userId, name, severity, from, to };
  const kept = { ...filters, limit: textQuery(req, 'limit') };
  await show(page, 'admin/events', {
    admin: adminHead(page, 'events', false),
    names: eventChoices(translator),
    name: name ?? '',
    severities: SEVERITIES.map((one) => ({ name: one, text: translator.t(`admin.events.severity.${one}`) })),
    severity: severity ?? '',
    query: query ?? '',
    from: typedDay(from),
    to: typedDay(to),
    between: betweenOf(page, { from, to }),
    user: userId ?? '',
    userName: events.find((event) => event.userId === userId)?.userName ?? userId ?? '',
    csvPath: pathWith(`${path}.csv`, filters),
    clearPath: Object.keys(search).length > 1 ? path : null,
    // A filtered list holds only some events of each sign-in, so its story would be wrong.
    events:
      name === undefined && severity === undefined
        ? foldSignIns(translator, events, {
            span: spanOf(search, { events, now, isFirst: cursor === '', isLast: nextCursor === undefined }),
            now,
            loginMs: context.options.pendingLoginSeconds * 1000,
          })
        : events.map((event) => toEventRow(translator, event)),
    undelivered: undelivered.slice(0, MOST_SHOWN).map((one) => toUndeliveredRow(translator, one)),
    firstPath: cursor === '' ? null : pathWith(path, kept),
    nextPath: nextCursor === undefined ? null : pathWith(path, { ...kept, cursor: nextCursor }),
  });
}

/** The value of a date input. Links may contain instants instead of days. */
function typedDay(text: string): string {
  return dayField(parseInstant(text));
}

/** The instants of the filter; null if both are days, which the form itself shows. */
function betweenOf(
  { translator }: AdminPage,
  typed: { readonly from: string; readonly to: string },
): EventsLocals['between'] {
  const [from, to] = [parseInstant(typed.from), parseInstant(typed.to)];
  const areDays = typedDay(typed.from) === typed.from && typedDay(typed.to) === typed.to;
  return from === null || to === null || areDays
    ? null
    : { from: translator.moment(from), to: translator.moment(to) };
}

/** The time span in which the page lists every event that matches the filter. */
function spanOf(
  search: Pick<EventSearch, 'from' | 'to'>,
  shown: {
    readonly events: readonly ShownEvent[];
    readonly now: number;
    readonly isFirst: boolean;
    readonly isLast: boolean;
  },
): ListedSpan {
  const { events, now, isFirst, isLast } = shown;
  const oldest = isLast ? undefined : events.at(-1);
  const newest = isFirst ? undefined : events[0];
  const to = search.to === undefined || search.to > now ? null : search.to;
  return { from: oldest?.at ?? search.from ?? null, to: newest?.at ?? to };
}

function toUndeliveredRow(
  translator: Translator,
  { event, origin, because, attempts, diedAt }: DeadWebhook,
): UndeliveredRow {
  return {
    text: eventText(translator, event.name),
    happenedAt: translator.moment(event.at),
    diedAt: translator.moment(diedAt),
    origin,
    because,
    tries: attempts,
  };
}

async function sendEventsCsv(page: AdminPage): Promise<void> {
  const { context, organization, req, res } = page;
  const search = await readSearch(page);
  if (search === null) return;
  await sendCsv(req, res, {
    fileName: csvFileName('events', organization.id),
    columns: csvHeadings(page.translator, EVENT_COLUMNS),
    rows: eventRows(context, search),
  });
}
/** A webhook that is no longer retried. */
interface UndeliveredRow {
  readonly text: string;
  readonly happenedAt: Moment;
  readonly diedAt: Moment;
  readonly origin: string;
  readonly because: string;
  readonly tries: number;
}

export interface EventsLocals extends WithAdmin {
  readonly undelivered: readonly UndeliveredRow[];
  readonly names: readonly { readonly name: string; readonly text: string }[];
  readonly name: EventName | '';
  readonly severities: readonly { readonly name: Severity; readonly text: string }[];
  readonly severity: Severity | '';
  /** The name, address or id that was searched for. */
  readonly query: string;
  /** Days such as `2026-11-22`, or empty. */
  readonly from: string;
  readonly to: string;
  /** The exact instants, if the filter is narrower than days. */
  readonly between: { readonly from: Moment; readonly to: Moment } | null;
  /** The id of the member whose events these are; empty for all members. */
  readonly user: string;
  /** That member's name, or the id where it is not known. */
  readonly userName: string;
  readonly csvPath: string;
  readonly clearPath: string | null;
  readonly events: readonly (EventRow | EventStory)[];
  readonly firstPath: string | null;
  readonly nextPath: string | null;
}
