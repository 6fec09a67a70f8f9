import type { FactorKind } from '../../core/member/factor-kind';
import type { Policy } from '../../core/policy/policy';
import { checkPolicy, type PolicyFault } from '../../core/policy/policy-check';
import { ENROLLABLE_KINDS, FACTOR_TRAITS } from '../../factors/find-factor';
import type { MessageKey } from '../../messages/catalogues';
import type { Translator } from '../../messages/translator';
import type { AdminPage } from './admin-route';

export interface ShownFault {
  readonly field: string;
  readonly because: string;
  readonly message: string;
}

export function allFaults(
  translator: Translator,
  found: readonly ShownFault[],
  draft: Policy,
  availableKinds: readonly FactorKind[],
): readonly ShownFault[] {
  const known = new Set(found.map(({ field }) => FIELD_OF_RULE.get(field) ?? field));
  const others = checkPolicy(draft, { factors: FACTOR_TRAITS, availableKinds }).filter(
    ({ field }) => !known.has(FIELD_OF_RULE.get(field) ?? field),
  );
  return [...found, ...inWords(translator, others, availableKinds)];
}

export function policyFaults(
  { context, translator }: Pick<AdminPage, 'context' | 'translator'>,
  faults: readonly PolicyFault[],
): readonly ShownFault[] {
  return inWords(translator, faults, context.options.availableKinds);
}

function inWords(
  translator: Translator,
  faults: readonly PolicyFault[],
  availableKinds: readonly FactorKind[],
): readonly ShownFault[] {
  return faults.map(({ field, because, message }) => {
    const keys = [`admin.fault.${field}.${because}`, `admin.fault.${field}`];
    const key = keys.find((one) => translator.has(one));
    if (key === undefined || !translator.has(key)) return { field, because, message };
    const kinds = because === 'malformed' ? ENROLLABLE_KINDS : availableKinds;
    return { field, because, message: sentenceOf(translator, key, kinds) };
  });
}

/** Factor kinds are shown as in JSON, for example `totp`. */
export function sentenceOf({ t, list }: Translator, key: MessageKey, kinds: readonly FactorKind[]): string {
  return t(key, { kinds: list(kinds) });
}

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

/** Error messages by field name. The form has its own messages for fields that JSON sends in seconds. */
export function errorsByField(
  translator: Translator,
  faults: readonly ShownFault[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    faults.map(({ field, because, message }) => {
      const name = FIELD_OF_RULE.get(field) ?? field;
      const key = `admin.fault.form.${field}.${because}`;
      const words = translator.has(key) ? translator.t(key) : message;
      return [SHOWN_FIELDS.has(name) ? name : 'policy', words];
    }),
  );
}
