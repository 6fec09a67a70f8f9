import type { MfaEvent } from '../events/events';
import type { EventFilter } from './event-store';

/** Whether a filter lets an event through. */
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

/** Null where the text is no event of the organization. */
export function parseEvent(text: string, organizationId: string): MfaEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isEvent(value) && value.organizationId === organizationId ? value : null;
}

/** The name is not compared with those of this version: a later one may have written it. */
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
