import { nearestName } from '../../core/text/nearest-name';
import { isEnrollableKind } from '../../factors/find-factor';
import {
  BULK_ACTS,
  MOST_CHOSEN,
  type BulkAct,
  type BulkChange,
  type BulkSelection,
} from '../../flows/admin/bulk-request';
import { parseMemberFilter } from '../../flows/admin/member-list';
import { newId } from '../../flows/context/context';
import type { KnownPageRequest } from '../kernel/page-route';
import { fieldOf, textField } from '../kernel/request';

export const ON: readonly unknown[] = [true, 'true', 'on', 'yes', '1'];
export const OFF: readonly unknown[] = [false, 'false', 'off', 'no', '0', ''];
/** A checkbox of a form or a boolean of JSON; null if it is missing. */
export function parseSwitch(body: unknown, name: string): boolean | 'malformed' | null {
  const value = fieldOf(body, name);
  if (value === undefined) return null;
  if (ON.includes(value)) return true;
  return OFF.includes(value) ? false : 'malformed';
}
/** Epoch milliseconds, or an ISO 8601 date or instant; a date is its start in UTC. Null if it is invalid. */
export function parseInstant(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string') return null;
  const iso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;
  const text = value.trim();
  if (!iso.test(text)) return null;
  const at = Date.parse(text);
  // JavaScript parses 31 February as 3 March.
  return Number.isNaN(at) || !isRealDay(text.slice(0, 10)) ? null : at;
}
export function isRealDay(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}
/** `2026-12-15`, the value of an input of type date. */
export function dayField(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 10);
}
export function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,15}(?:[.,]\d{1,6})?$/.test(value.trim())) return null;
  return Number(value.trim().replace(',', '.'));
}
export function parseVersion(value: unknown): number | 'malformed' | null {
  if (value === undefined || value === '') return null;
  const version = toNumber(value);
  return version !== null && Number.isSafeInteger(version) && version >= 0 ? version : 'malformed';
}
export interface UnknownField {
  readonly field: string;
  readonly because: 'unknown-field';
  readonly message: string;
}

/**
 * The first unknown field of a JSON body, or null. Without this check a misspelled rule would be ignored and answered with
 * `saved`. Forms are not checked: we render them, and browsers and proxies may add fields.
 */
export function findUnknownField(
  { req, context, translator }: Pick<KnownPageRequest, 'req' | 'context' | 'translator'>,
  known: readonly string[],
): UnknownField | null {
  if (req.is('json') === false) return null;
  const token = context.options.csrf?.field ?? '_csrf';
  const body: unknown = req.body;
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const field = names.find((name) => name !== token && !known.includes(name));
  if (field === undefined) return null;
  const meant = nearestName(field, known);
  const message =
    meant === undefined
      ? translator.t('admin.fault.unknown', { fields: translator.list(known) })
      : translator.t('admin.fault.unknown.meant', { field: meant });
  return { field, because: 'unknown-field', message };
}

export function parseAct(value: unknown): BulkAct | null {
  return BULK_ACTS.find((act) => act === value) ?? null;
}

/** All members are chosen only by an explicit filter. Null if there are neither ids nor a filter. */
export function parseSelection(given: URLSearchParams): BulkSelection | null {
  const userIds = given.getAll('user');
  if (given.get('scope') !== 'all' && (userIds.length > 0 || given.has('scope')))
    return userIds.length > MOST_CHOSEN ? null : { userIds };
  const filter = parseMemberFilter(given.get('filter'));
  return filter === null ? null : { filter, query: (given.get('q') ?? '').trim().slice(0, 100) };
}

/** The selection as a query, which the form sends back as one field. */
export function writeSelection(selection: BulkSelection): string {
  const given = new URLSearchParams();
  if ('userIds' in selection) for (const id of selection.userIds) given.append('user', id);
  else {
    given.set('filter', selection.filter);
    if (selection.query !== '') given.set('q', selection.query);
  }
  return given.toString();
}

export function formSelection(form: unknown): BulkSelection | null {
  const text = fieldOf(form, 'selection');
  return typeof text === 'string' ? parseSelection(new URLSearchParams(text)) : null;
}

/** Reads the selection from the field `selection` of a form, or from `user`, `filter` and `q` of JSON. */
export function sentSelection(body: unknown): BulkSelection | null {
  if (fieldOf(body, 'selection') !== undefined) return formSelection(body);
  const users = [fieldOf(body, 'user') ?? []].flat();
  if (!users.every((id) => typeof id === 'string')) return null;
  const given = new URLSearchParams();
  for (const id of users) given.append('user', id);
  for (const name of ['filter', 'q']) {
    const value = fieldOf(body, name);
    if (typeof value === 'string') given.set(name, value);
  }
  return parseSelection(given);
}

/** The change, or the reason why it is invalid. */
export function readChange(body: unknown, act: BulkAct): BulkChange | 'malformed-date' | 'kind-not-allowed' {
  if (act === 'assign') {
    const kind = fieldOf(body, 'assignedKind') ?? '';
    if (kind === '') return { act, assignedKind: null };
    return isEnrollableKind(kind) ? { act, assignedKind: kind } : 'kind-not-allowed';
  }
  if (act !== 'exempt') return { act };
  const until = parseInstant(fieldOf(body, 'until'));
  return until === null ? 'malformed-date' : { act, until, reason: textField(body, 'reason') };
}

/** The id that the page gave to this form, so that a double click starts the job only once. */
export function readRun(body: unknown): string {
  const run = textField(body, 'run');
  return /^[\w-]{8,64}$/.test(run) ? run : newId();
}
