import type { ShownEvent } from '../../flows/admin/list-events';
import type { EventRow } from '../admin-member-views';
import { momentOf } from '../moments';
import { detailWords } from './event-details';
import { eventText } from './words';

export function toEventRow(event: ShownEvent): EventRow {
  const { at, name, details, userId, userName, actorId, actorName, address } = event;
  const concerned = userName ?? userId;
  const actor = actorName ?? actorId;
  const by = actor === undefined || actorId === userId ? [] : [`by ${actor}`];
  return {
    at: momentOf(at),
    name,
    text: eventText(name),
    details: detailWords(name, details),
    who: [...(concerned === undefined ? [] : [concerned]), ...by].join(' '),
    address: address === undefined || address === '' ? null : address,
  };
}
