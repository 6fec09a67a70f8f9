import { nearestName } from '../../core/text/nearest-name';
import type { KnownPageRequest } from '../kernel/page-route';
import { fieldOf } from '../kernel/request';

export const ON: readonly unknown[] = [true, 'true', 'on', 'yes', '1'];
export const OFF: readonly unknown[] = [false, 'false', 'off', 'no', '0', ''];
/** A checkbox of a form or a boolean of JSON; null where it is missing. */
export function parseSwitch(body: unknown, name: string): boolean | 'malformed' | null {
  const value = fieldOf(body, name);
  if (value === undefined) return null;
  if (ON.includes(value)) return true;
  return OFF.includes(value) ? false : 'malformed';
}
/** Epoch milliseconds, or an ISO 8601 date or instant; a date is its start in UTC. Null where it is invalid. */
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
 * `saved`. Forms are ours, and browsers and proxies may add fields to them.
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
