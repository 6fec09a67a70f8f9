import type { Router } from 'express';
import type { EventName } from '../../events/events';
import { EVENT_COLUMNS, eventRows, listEventPage, parseEventName } from '../../flows/admin/list-events';
import { refusePlainly, show } from '../kernel/page-route';
import { adminHead, pageSize, pathWith, textQuery, type WithAdmin } from './admin-page';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { csvFileName, sendCsv } from './csv';
import { EVENT_CHOICES, toEventRow, type EventRow } from './event-words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/events': EventsLocals;
  }
}

export function addEventRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/events', readRoute(routes, showEvents));
  router.get('/:organizationId/events.csv', readRoute(routes, sendEventsCsv));
}

interface EventFilter {
  readonly organizationId: string;
  readonly userId?: string;
  readonly name?: EventName;
}

const LONGEST_ID = 200;

/** Null where the query is invalid; the request was answered then. */
async function readFilter(page: AdminPage): Promise<EventFilter | null> {
  const given: unknown = page.req.query['name'];
  const named = given !== undefined && given !== '';
  const name = named ? parseEventName(given) : null;
  if (named && name === null) {
    await refusePlainly(page, { because: 'unknown-event', status: 400, next: `${page.basePath}/events` });
    return null;
  }
  const userId = textQuery(page.req, 'user').trim().slice(0, LONGEST_ID);
  return {
    organizationId: page.organization.id,
    ...(name === null ? {} : { name }),
    ...(userId === '' ? {} : { userId }),
  };
}

async function showEvents(page: AdminPage): Promise<void> {
  const { context, req } = page;
  const filter = await readFilter(page);
  if (filter === null) return;
  const path = `${page.basePath}/events`;
  const limit = pageSize(req);
  if (limit === null) return refusePlainly(page, { because: 'page-size', status: 400, next: path });
  const cursor = textQuery(req, 'cursor');
  const { events, nextCursor } = await listEventPage(context, {
    ...filter,
    limit,
    ...(cursor === '' ? {} : { cursor }),
  });
  if (page.json) {
    page.res.json({ events, ...(nextCursor === undefined ? {} : { nextCursor }) });
    return;
  }
  const filters = { name: filter.name, user: filter.userId };
  const kept = { ...filters, limit: textQuery(req, 'limit') };
  await show(page, 'admin/events', {
    admin: adminHead(page, 'events', false),
    names: EVENT_CHOICES,
    name: filter.name ?? '',
    user: filter.userId ?? '',
    userName: events.find(({ userId }) => userId === filter.userId)?.userName ?? filter.userId ?? '',
    csvPath: pathWith(`${path}.csv`, filters),
    clearPath: filter.name === undefined && filter.userId === undefined ? null : path,
    events: events.map((event) => toEventRow(event)),
    firstPath: cursor === '' ? null : pathWith(path, kept),
    nextPath: nextCursor === undefined ? null : pathWith(path, { ...kept, cursor: nextCursor }),
  });
}

async function sendEventsCsv(page: AdminPage): Promise<void> {
  const { context, organization, req, res } = page;
  const filter = await readFilter(page);
  if (filter === null) return;
  await sendCsv(req, res, {
    fileName: csvFileName('events', organization.id),
    columns: EVENT_COLUMNS,
    rows: eventRows(context, filter),
  });
}
export interface EventsLocals extends WithAdmin {
  readonly names: readonly { readonly name: string; readonly text: string }[];
  readonly name: string;
  readonly user: string;
  /** The name of the member whose events these are, or what was typed. */
  readonly userName: string;
  readonly csvPath: string;
  readonly clearPath: string | null;
  readonly events: readonly EventRow[];
  readonly firstPath: string | null;
  readonly nextPath: string | null;
}
