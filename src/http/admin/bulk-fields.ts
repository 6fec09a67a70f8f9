import { isEnrollableKind } from '../../factors/find-factor';
import { BULK_ACTS, type BulkAct, type BulkChange } from '../../flows/admin/bulk-change';
import { MOST_CHOSEN, type BulkSelection } from '../../flows/admin/bulk-selection';
import { parseMemberFilter } from '../../flows/admin/member-list';
import { newId } from '../../flows/context/context';
import { fieldOf, textField } from '../kernel/request';
import { parseInstant } from './form-fields';

export function parseAct(value: unknown): BulkAct | null {
  return BULK_ACTS.find((act) => act === value) ?? null;
}

/** Everybody is chosen only where it says so: by a filter. Null for what names nobody and no filter. */
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

/** The selection that a form carries in one field. */
export function formSelection(form: unknown): BulkSelection | null {
  const text = fieldOf(form, 'selection');
  return typeof text === 'string' ? parseSelection(new URLSearchParams(text)) : null;
}

/** Of a form the field `selection`, of JSON the fields `user`, `filter` and `q`. */
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

/** The change, or why it cannot be read. */
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

/** The name that the page gave to this form, so that a double click does the work once. */
export function readRun(body: unknown): string {
  const run = textField(body, 'run');
  return /^[\w-]{8,64}$/.test(run) ? run : newId();
}
