import type { FactorKind } from '../../core/member/factor-kind';
import { ENROLLABLE_KINDS, isEnrollableKind } from '../../factors/find-factor';
import { STRENGTHS, defaultPolicy, type Policy } from '../../core/policy/policy';
import { SWITCHES } from '../../core/policy/policy-check';
import type { PolicyChange } from '../../flows/admin/save-policy';
import type { MessageKey } from '../../messages/catalogues';
import type { Translator } from '../../messages/translator';
import { fieldOf } from '../kernel/request';
import type { AdminPage } from './admin-route';
import { dayField, parseInstant, parseSwitch, parseVersion, toNumber } from './form-fields';
import { sentenceOf, type ShownFault } from './policy-faults';

export interface ParsedPolicy {
  readonly change: PolicyChange;
  /** The version that the form was rendered from; null if none was sent. */
  readonly expectedVersion: number | null;
  readonly faults: readonly ShownFault[];
}

interface Unread {
  readonly because: string;
  readonly key: MessageKey;
}

const malformed = (key: MessageKey): Unread => ({ because: 'malformed', key });

type Parsed<Value> = { readonly value: Value } | Unread | null;

const UNIT_SECONDS: ReadonlyMap<unknown, number> = new Map([
  ['seconds', 1],
  ['minutes', 60],
  ['hours', 3600],
  ['days', 86_400],
]);

/** All fields that a request may have: the rules, the fields of our form, and the other fields of a policy as JSON returns it. */
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
  translator: Translator,
  body: unknown,
  basis: { readonly current: Policy; readonly now: number },
): ParsedPolicy {
  const whole = fieldOf(body, 'whole') === 'yes';
  const faults: ShownFault[] = [];
  const change: Record<string, unknown> = {};
  const take = <Field extends keyof PolicyChange>(field: Field, parsed: Parsed<Policy[Field]>) => {
    if (parsed === null) return;
    if ('value' in parsed) change[field] = parsed.value;
    else
      faults.push({
        field,
        because: parsed.because,
        message: sentenceOf(translator, parsed.key, ENROLLABLE_KINDS),
      });
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
    const message = translator.t('admin.fault.version');
    faults.push({ field: 'version', because: 'malformed', message });
  }
  return { change, expectedVersion: typeof version === 'number' ? version : null, faults };
}

function parseBox(body: unknown, name: string, whole: boolean): Parsed<boolean> {
  const submitted = parseSwitch(body, name);
  if (submitted === 'malformed') return malformed('admin.fault.switch');
  if (submitted !== null) return { value: submitted };
  return whole ? { value: false } : null;
}

function parseEnrollment(value: unknown): Parsed<Policy['enrollment']> {
  if (value === undefined) return null;
  if (value === 'assigned' || value === 'optional' || value === 'required') return { value };
  return malformed('admin.fault.enrollment');
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
  return kinds.length === named.length ? { value: kinds } : malformed('admin.fault.methods');
}

function parseStrength(value: unknown): Parsed<Policy['strength']> {
  if (value === undefined) return null;
  const known = STRENGTHS.find((one) => one === value);
  return known === undefined ? malformed('admin.fault.strength') : { value: known };
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
  if (at === null) return malformed('admin.fault.graceUntil.unread');
  if (at <= now && at !== current.graceUntil) {
    return { because: 'date-in-past', key: 'admin.fault.graceUntil.past' };
  }
  return { value: at };
}

function parseSkips(value: unknown): Parsed<number | null> {
  if (value === undefined) return null;
  if (value === null || value === '') return { value: null };
  const count = toNumber(value);
  if (count === null) return malformed('admin.fault.skips');
  return { value: count === 0 ? null : count };
}

/** Reads `…Seconds` from JSON, or a number and its unit from the form. */
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
  if (number === null || unit === undefined) return malformed('admin.fault.duration.unread');
  return { value: seconds === undefined ? Math.round(number * unit) : number };
}

function requireValue(parsed: Parsed<number | null>): Parsed<number> {
  if (parsed === null || !('value' in parsed)) return parsed;
  return parsed.value === null
    ? malformed('admin.fault.sessionDurationSeconds.none')
    : { value: parsed.value };
}

/** The version is that of the form, so a policy that another administrator saved meanwhile is not overwritten. */
export function savedDraft({ kept, gathered, translator }: AdminPage, current: Policy): Policy {
  if (kept === null) return current;
  const { change } = parsePolicy(translator, kept.fields, { current, now: gathered.now });
  const version = parseVersion(kept.fields['version']);
  return { ...current, ...change, ...(typeof version === 'number' ? { version } : {}) };
}
