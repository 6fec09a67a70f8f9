import type { ShownEvent } from '../../flows/admin/list-events';
import type { EventRow } from '../admin-views';
import { momentOf } from '../moments';
import { eventText } from './words';

/** Details that are instants, and read better as such. */
const INSTANTS: ReadonlySet<string> = new Set(['until', 'lockedUntil', 'graceUntil']);

export function toEventRow(event: ShownEvent): EventRow {
  const { at, name, details, userId, userName, actorId, actorName, address } = event;
  const concerned = userName ?? userId;
  const actor = actorName ?? actorId;
  const by = actor === undefined || actorId === userId ? [] : [`by ${actor}`];
  return {
    at: momentOf(at),
    name,
    text: eventText(name),
    details: Object.entries(details)
      .map(([key, value]) => `${key}: ${detailText(key, value)}`)
      .join(' · '),
    who: [...(concerned === undefined ? [] : [concerned]), ...by].join(' '),
    address: address === undefined || address === '' ? null : address,
  };
}

function detailText(key: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const isInstant = typeof value === 'number' && INSTANTS.has(key) && Math.abs(value) < 8.64e15;
  return isInstant ? momentOf(value).text : String(value);
}
