import type { FactorKind } from '../../core/member/factor-kind';
import { ENROLLABLE_KINDS, FACTOR_TRAITS, isEnrollableKind } from '../../factors/find-factor';
import { STRENGTHS, defaultPolicy, type Policy } from '../../core/policy/policy';
import { SWITCHES, checkPolicy } from '../../core/policy/policy-check';
import type { PolicyChange } from '../../flows/admin/save-policy';
import { fieldOf } from '../kernel/request';
import type { AdminPage } from './admin-route';
import { dayField, malformed, parseInstant, parseSwitch, parseVersion, toNumber } from './form-fields';

/** What is wrong with one field, for the person who typed it. */
export interface FieldFault {
  readonly field: string;
  readonly because: string;
  readonly message: string;
}

export interface ParsedPolicy {
  readonly change: PolicyChange;
  /** The version that the form was rendered from; null where none was sent. */
  readonly expectedVersion: number | null;
  readonly faults: readonly FieldFault[];
}

type Parsed<Value> =
  { readonly value: Value } | { readonly because: string; readonly message: string } | null;

const UNIT_SECONDS: ReadonlyMap<unknown, number> = new Map([
  ['seconds', 1],
  ['minutes', 60],
  ['hours', 3600],
  ['days', 86_400],
]);

/** Every field that a request may have: the rules, the fields of our form, and the fields of a policy that was read. */
export const POLICY_FIELDS: readonly string[] = [
  ...Object.keys(defaultPolicy('')),
  ...['rememberBrowser', 'sessionDuration', 'idleTimeout'].flatMap((name) => [name, `${name}Unit`]),
  'whole',
  'page',
];

/**
 * Reads a policy from a form or from JSON. Missing fields stay unchanged; in our own form (`whole`) a missing checkbox is off.
 * Ranges are checked when the policy is saved.
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
  take('strength', parseStrength(fieldOf(body, 'strength')));
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

function parseMethods(value: unknown): Parsed<readonly FactorKind[]> {
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
    : malformed(`Methods are any of ${ENROLLABLE_KINDS.join(', ')}. Choose from these.`);
}

function parseStrength(value: unknown): Parsed<Policy['strength']> {
  if (value === undefined) return null;
  const known = STRENGTHS.find((one) => one === value);
  return known === undefined
    ? malformed('Strength is one of any and phishing-resistant. Choose one.')
    : { value: known };
}

function parseGrace(
  value: unknown,
  { current, now }: { readonly current: Policy; readonly now: number },
): Parsed<number | null> {
  if (value === undefined) return null;
  if (value === null || value === '') return { value: null };
  // The form has only the day. Submitting it unchanged must not move the instant.
  if (current.graceUntil !== null && value === dayField(current.graceUntil))
    return { value: current.graceUntil };
  const at = parseInstant(value);
  if (at === null) return malformed('That isn’t a date. Choose one, such as 2026-12-15, or none.');
  if (at <= now && at !== current.graceUntil) {
    return { because: 'date-in-past', message: 'Choose a future date, or none.' };
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

/** `…Seconds` from programs, or a number and its unit from the form. */
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
    return malformed('That isn’t a length of time. Type a number and choose its unit.');
  return { value: seconds === undefined ? Math.round(number * unit) : number };
}

function requireValue(parsed: Parsed<number | null>): Parsed<number> {
  if (parsed === null || !('value' in parsed)) return parsed;
  return parsed.value === null
    ? malformed('A session must end at some time. Type a number and choose its unit.')
    : { value: parsed.value };
}

/** A fault of a policy, from the form or from the check of the whole policy. */
export interface ShownFault {
  readonly field: string;
  readonly because: string;
  readonly message: string;
}

/** All faults at once: fields that could not be read, and faults of the rest of the policy. */
export function allFaults(
  found: readonly ShownFault[],
  draft: Policy,
  availableKinds: readonly FactorKind[],
): readonly ShownFault[] {
  const known = new Set(found.map(({ field }) => FIELD_OF_RULE.get(field) ?? field));
  const others = checkPolicy(draft, { factors: FACTOR_TRAITS, availableKinds }).filter(
    ({ field }) => !known.has(FIELD_OF_RULE.get(field) ?? field),
  );
  return [...found, ...others];
}

/** The form field that sets each rule. */
const FIELD_OF_RULE: ReadonlyMap<string, string> = new Map([
  ['rememberBrowserSeconds', 'rememberBrowser'],
  ['sessionDurationSeconds', 'sessionDuration'],
  ['idleTimeoutSeconds', 'idleTimeout'],
]);
const SHOWN_FIELDS: ReadonlySet<string> = new Set([
  'enrollment',
  'methods',
  'strength',
  'graceUntil',
  'skips',
  'rememberBrowser',
  'sessionDuration',
  'idleTimeout',
]);

/** Messages for the form, where programs send seconds. */
const IN_THE_FORM: ReadonlyMap<string, string> = new Map([
  ['sessionDurationSeconds too-small', 'That is too short. Type a number above 0.'],
  ['sessionDurationSeconds too-large', 'That is too long. Choose up to 400 days.'],
  ['idleTimeoutSeconds too-small', 'That is too short. Type a number above 0, or leave it empty.'],
  ['idleTimeoutSeconds too-large', 'That is too long. Choose up to 400 days, or leave it empty.'],
]);

export function errorsByField(faults: readonly ShownFault[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    faults.map(({ field, because, message }) => {
      const name = FIELD_OF_RULE.get(field) ?? field;
      const words = IN_THE_FORM.get(`${field} ${because}`) ?? message;
      return [SHOWN_FIELDS.has(name) ? name : 'policy', words];
    }),
  );
}

/**
 * The current policy with the changes that were submitted before the proof. They are checked when they are submitted again. The
 * version is the one of the form, so a policy that somebody saved meanwhile is not overwritten.
 */
export function savedDraft({ kept, gathered }: AdminPage, current: Policy): Policy {
  if (kept === null) return current;
  const { change } = parsePolicy(kept.fields, { current, now: gathered.now });
  const version = parseVersion(kept.fields['version']);
  return { ...current, ...change, ...(typeof version === 'number' ? { version } : {}) };
}
