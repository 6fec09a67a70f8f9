import type { EnrollableKind } from '../../core/factor-kind';
import type { Policy } from '../../core/policy';
import { checkPolicy } from '../../core/policy-check';

/** One thing that is wrong with a policy, however it was found. */
export interface ShownFault {
  readonly field: string;
  readonly because: string;
  readonly message: string;
}

/** What could not be read hides nothing else that is wrong: everything is said at once. */
export function allFaults(
  found: readonly ShownFault[],
  draft: Policy,
  availableKinds: readonly EnrollableKind[],
): readonly ShownFault[] {
  const known = new Set(found.map(({ field }) => FIELD_OF_RULE.get(field) ?? field));
  const others = checkPolicy(draft, { availableKinds }).filter(
    ({ field }) => !known.has(FIELD_OF_RULE.get(field) ?? field),
  );
  return [...found, ...others];
}

/** Fields of the form by the rule they set, for the words beside them. */
const FIELD_OF_RULE: ReadonlyMap<string, string> = new Map([
  ['rememberBrowserSeconds', 'rememberBrowser'],
  ['sessionDurationSeconds', 'sessionDuration'],
  ['idleTimeoutSeconds', 'idleTimeout'],
]);
const SHOWN_FIELDS: ReadonlySet<string> = new Set([
  'enrollment',
  'methods',
  'graceUntil',
  'skips',
  'rememberBrowser',
  'sessionDuration',
  'idleTimeout',
]);

/** The form has a number and a unit where programs send seconds. */
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
