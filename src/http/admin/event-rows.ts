import { isEnrollableKind } from '../../core/factor-kind';
import type { ShownEvent } from '../../flows/admin/list-events';
import type { EventRow } from '../admin-member-views';
import { momentOf } from '../moments';
import { eventText, kindName } from './words';

/** Details that are instants, and read better as such. */
const INSTANTS: ReadonlySet<string> = new Set(['until', 'lockedUntil', 'graceUntil']);
/** For programs; people are told the kind. All of it is in the CSV and in JSON. */
const HIDDEN: ReadonlySet<string> = new Set(['authenticatorId', 'challengeId', 'messageId']);

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
      .filter(([key]) => !HIDDEN.has(key))
      .map(([key, value]) => `${keyText(key)}: ${detailText(key, value)}`)
      .join(' · '),
    who: [...(concerned === undefined ? [] : [concerned]), ...by].join(' '),
    address: address === undefined || address === '' ? null : address,
  };
}

/** `assignedKind` as `assigned kind`. */
function keyText(key: string): string {
  return key.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

function detailText(key: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isEnrollableKind(value) || value === 'recovery-code') return kindName(value).toLowerCase();
  const isInstant = typeof value === 'number' && INSTANTS.has(key) && Math.abs(value) < 8.64e15;
  return isInstant ? momentOf(value).text : String(value);
}
