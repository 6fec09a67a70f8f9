import type { EnrollableKind } from '../../core/member/factor-kind';
import { defaultPolicy, type Policy } from '../../core/policy/policy';
import { isEnrollableKind } from '../../factors/find-factor';
import type { PolicyChange } from '../../flows/admin/draft-policy';
import { fieldOf } from '../kernel/request';

/** What is wrong with one field, in words for the person who typed it. */
export interface FieldFault {
  readonly field: string;
  readonly because: string;
  readonly message: string;
}

export interface ParsedPolicy {
  readonly change: PolicyChange;
  /** The version that the form was made from; null where none was sent. */
  readonly expectedVersion: number | null;
  readonly faults: readonly FieldFault[];
}

type Parsed<Value> =
  { readonly value: Value } | { readonly because: string; readonly message: string } | null;

const SWITCHES = ['enabled', 'enrollAtSignUp', 'backupPhone', 'challengeFederated', 'smsFallback'] as const;
const ON: readonly unknown[] = [true, 'true', 'on', 'yes', '1'];
const OFF: readonly unknown[] = [false, 'false', 'off', 'no', '0', ''];
const UNIT_SECONDS: ReadonlyMap<unknown, number> = new Map([
  ['seconds', 1],
  ['minutes', 60],
  ['hours', 3600],
  ['days', 86_400],
]);

/** Everything that a request may send: the rules, the fields of our form, and what a read policy also says. */
export const POLICY_FIELDS: readonly string[] = [
  ...Object.keys(defaultPolicy('')),
  ...['rememberBrowser', 'sessionDuration', 'idleTimeout'].flatMap((name) => [name, `${name}Unit`]),
  'whole',
  'page',
];

const malformed = (message: string) => ({ because: 'malformed', message });

/** What a switch in a form or in JSON says; null where it says nothing. */
export function parseSwitch(body: unknown, name: string): boolean | 'malformed' | null {
  const value = fieldOf(body, name);
  if (value === undefined) return null;
  if (ON.includes(value)) return true;
  return OFF.includes(value) ? false : 'malformed';
}

/**
 * Reads a policy from a form or from JSON. A field that is not there stays as it is, except that our own form (`whole`)
 * means every box that it does not send to be off. Ranges are judged where the policy is saved.
 */
export function parsePolicy(
  body: unknown,
  basis: { readonly current: Policy; readonly now: number },
): ParsedPolicy {
  const whole = fieldOf(body, 'whole') === 'yes';
  const faults: FieldFault[] = [];
  const change: Record<string, unknown> = {};
  const take = <Field extends keyof PolicyChange>(field: Field, parsed: Parsed<Policy[Field]>) => {
    if (parsed === null) return;
    if ('value' in parsed) change[field] = parsed.value;
    else faults.push({ field, ...parsed });
  };
  for (const name of SWITCHES) take(name, parseBox(body, name, whole));
  take('enrollment', parseEnrollment(fieldOf(body, 'enrollment')));
  take('methods', parseMethods(fieldOf(body, 'methods')));
  take('graceUntil', parseGrace(fieldOf(body, 'graceUntil'), basis));
  take('skips', parseSkips(fieldOf(body, 'skips')));
  take('rememberBrowserSeconds', parseDuration(body, 'rememberBrowser', 0));
  take('sessionDurationSeconds', requireValue(parseDuration(body, 'sessionDuration', null)));
  take('idleTimeoutSeconds', parseDuration(body, 'idleTimeout', null));
  const version = parseVersion(fieldOf(body, 'version'));
  if (version === 'malformed') {
    faults.push({
      field: 'version',
      ...malformed('The version is a whole number. Reload the page and try again.'),
    });
  }
  return { change, expectedVersion: typeof version === 'number' ? version : null, faults };
}

function parseBox(body: unknown, name: string, whole: boolean): Parsed<boolean> {
  const said = parseSwitch(body, name);
  if (said === 'malformed') return malformed('This is either on or off. Choose one (true or false).');
  if (said !== null) return { value: said };
  return whole ? { value: false } : null;
}

function parseEnrollment(value: unknown): Parsed<Policy['enrollment']> {
  if (value === undefined) return null;
  if (value === 'assigned' || value === 'optional' || value === 'required') return { value };
  return malformed('Enrollment is one of assigned, optional and required. Choose one.');
}

function parseMethods(value: unknown): Parsed<readonly EnrollableKind[]> {
  if (value === undefined) return null;
  const listed: readonly unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(/[\s,]+/)
      : [value];
  const named = [...new Set(listed.filter((kind) => kind !== ''))];
  const kinds = named.filter((kind) => isEnrollableKind(kind));
  return kinds.length === named.length
    ? { value: kinds }
    : malformed('Methods are any of totp, sms, email. Choose from these.');
}

/** A day means its beginning in UTC. */
export function parseInstant(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string') return null;
  const iso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;
  const text = value.trim();
  if (!iso.test(text)) return null;
  const at = Date.parse(text);
  // JavaScript reads 31 February as 3 March.
  return Number.isNaN(at) || !isRealDay(text.slice(0, 10)) ? null : at;
}

function isRealDay(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** `2026-12-15`, as a field of type date holds it. */
export function dayField(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 10);
}

function parseGrace(
  value: unknown,
  { current, now }: { readonly current: Policy; readonly now: number },
): Parsed<number | null> {
  if (value === undefined) return null;
  if (value === null || value === '') return { value: null };
  // The form knows the day only; sending it back unchanged must not move the instant.
  if (current.graceUntil !== null && value === dayField(current.graceUntil))
    return { value: current.graceUntil };
  const at = parseInstant(value);
  if (at === null) return malformed('That is not a date. Choose one, such as 2026-12-15, or none.');
  if (at <= now && at !== current.graceUntil) {
    return { because: 'date-in-past', message: 'That day has begun already. Choose a later one, or none.' };
  }
  return { value: at };
}

function parseSkips(value: unknown): Parsed<number | null> {
  if (value === undefined) return null;
  if (value === null || value === '') return { value: null };
  const count = toNumber(value);
  if (count === null)
    return malformed('Enrollment can be put off 1 to 100 times. Choose a whole number, or none.');
  return { value: count === 0 ? null : count };
}

/** `…Seconds` as programs send it, or a number and its unit as the form does. */
function parseDuration<Nothing extends 0 | null>(
  body: unknown,
  name: string,
  nothing: Nothing,
): Parsed<number | Nothing> {
  const seconds = fieldOf(body, `${name}Seconds`);
  const amount = seconds === undefined ? fieldOf(body, name) : seconds;
  if (amount === undefined) return null;
  if (amount === null || amount === '') return { value: nothing };
  const unit = seconds === undefined ? UNIT_SECONDS.get(fieldOf(body, `${name}Unit`)) : 1;
  const number = toNumber(amount);
  if (number === null || unit === undefined)
    return malformed('That is not a length of time. Type a number and choose its unit.');
  return { value: seconds === undefined ? Math.round(number * unit) : number };
}

function requireValue(parsed: Parsed<number | null>): Parsed<number> {
  if (parsed === null || !('value' in parsed)) return parsed;
  return parsed.value === null
    ? malformed('A session must end at some time. Type a number and choose its unit.')
    : { value: parsed.value };
}

function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,15}(?:[.,]\d{1,6})?$/.test(value.trim())) return null;
  return Number(value.trim().replace(',', '.'));
}

export function parseVersion(value: unknown): number | 'malformed' | null {
  if (value === undefined || value === '') return null;
  const version = toNumber(value);
  return version !== null && Number.isSafeInteger(version) && version >= 0 ? version : 'malformed';
}
