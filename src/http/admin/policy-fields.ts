import type { FactorKind } from '../../core/member/factor-kind';
import { ENROLLABLE_KINDS, RESISTANT_KINDS } from '../../factors/find-factor';
import type { EnrollmentRule, Policy, Strength } from '../../core/policy/policy';
import type { PolicyChange } from '../../flows/admin/save-policy';
import type { Translator } from '../../messages/translator';
import { fieldOf } from '../kernel/request';
import { dayField } from './form-fields';
import { durationField, durationText, kindName, type DurationField } from './words';

export function policyFields(policy: Policy, availableKinds: readonly FactorKind[]): PolicyFields {
  const {
    version,
    enabled,
    enrollment,
    enrollAtSignUp,
    backupPhone,
    challengeFederated,
    smsFallback,
    newBrowserNotice,
    skips,
  } = policy;
  return {
    version,
    enabled,
    enrollment,
    enrollAtSignUp,
    backupPhone,
    challengeFederated,
    smsFallback,
    newBrowserNotice,
    strength: RESISTANT_KINDS.some((kind) => availableKinds.includes(kind)) ? policy.strength : null,
    methods: ENROLLABLE_KINDS.map((kind) => ({
      kind,
      checked: policy.methods.includes(kind),
      available: availableKinds.includes(kind),
    })),
    graceUntil: dayField(policy.graceUntil),
    skips: skips === null ? '' : String(skips),
    rememberBrowser: durationField(policy.rememberBrowserSeconds),
    sessionDuration: durationField(policy.sessionDurationSeconds),
    idleTimeout: durationField(policy.idleTimeoutSeconds),
  };
}

/** The form as submitted, including invalid values, so that nothing has to be typed again. */
export function sentFields(
  body: unknown,
  draft: Policy,
  availableKinds: readonly FactorKind[],
): PolicyFields {
  const fields = policyFields(draft, availableKinds);
  const sent = (name: string, otherwise: string): string => {
    const value = fieldOf(body, name);
    return typeof value === 'string' ? value.slice(0, 40) : otherwise;
  };
  const sentDuration = (name: string, { amount, unit }: DurationField): DurationField => {
    const chosen = sent(`${name}Unit`, unit);
    const known = (['seconds', 'minutes', 'hours', 'days'] as const).find((one) => one === chosen);
    return { amount: sent(name, amount), unit: known ?? unit };
  };
  return {
    ...fields,
    graceUntil: sent('graceUntil', fields.graceUntil),
    skips: sent('skips', fields.skips),
    rememberBrowser: sentDuration('rememberBrowser', fields.rememberBrowser),
    sessionDuration: sentDuration('sessionDuration', fields.sessionDuration),
    idleTimeout: sentDuration('idleTimeout', fields.idleTimeout),
  };
}

const RULES = [
  'enabled',
  'enrollment',
  'methods',
  'strength',
  'graceUntil',
  'skips',
  'enrollAtSignUp',
  'backupPhone',
  'challengeFederated',
  'smsFallback',
  'newBrowserNotice',
  'rememberBrowserSeconds',
  'sessionDurationSeconds',
  'idleTimeoutSeconds',
] as const satisfies readonly (keyof PolicyChange)[];

/** Every rule in words, to compare two policies. */
export function describeRules(
  translator: Translator,
  policy: Policy,
): readonly { readonly field: string; readonly rule: string; readonly text: string }[] {
  return RULES.map((rule) => ({
    field: rule,
    rule: translator.t(`admin.rules.${rule}`),
    text: valueText(translator, policy, rule),
  }));
}

function valueText(translator: Translator, policy: Policy, rule: (typeof RULES)[number]): string {
  const { t } = translator;
  const { enrollment, methods, strength, graceUntil, skips } = policy;
  switch (rule) {
    case 'enrollment':
      return t(`admin.policy.enrollment.${enrollment}`);
    case 'methods':
      return methods.length === 0
        ? t('admin.rules.value.noMethods')
        : translator.list(methods.map((kind) => kindName(translator, kind)));
    case 'strength':
      return t(strength === 'any' ? 'admin.rules.value.any' : `admin.policy.strength.${strength}`);
    case 'graceUntil':
      return graceUntil === null ? t('admin.rules.value.noDate') : translator.day(graceUntil).text;
    case 'skips':
      return skips === null ? t('admin.rules.value.noCount') : translator.number(skips);
    case 'rememberBrowserSeconds':
      return durationText(translator, policy[rule]) ?? t('admin.rules.value.never');
    case 'sessionDurationSeconds':
    case 'idleTimeoutSeconds':
      return durationText(translator, policy[rule]) ?? t('admin.rules.value.noTime');
    case 'enabled':
    case 'enrollAtSignUp':
    case 'backupPhone':
    case 'challengeFederated':
    case 'smsFallback':
    case 'newBrowserNotice':
      return t(policy[rule] ? 'admin.rules.value.on' : 'admin.rules.value.off');
  }
}

export function changeAsFields(
  change: PolicyChange,
  version: number,
): readonly { readonly name: string; readonly value: string }[] {
  const fields = Object.entries(change).flatMap(([name, value]) => {
    if (name === 'graceUntil' && typeof value === 'number')
      return [{ name, value: new Date(value).toISOString() }];
    if (Array.isArray(value)) return [{ name, value: value.join(' ') }];
    return [{ name, value: value === null || value === undefined ? '' : String(value) }];
  });
  return [...fields, { name: 'version', value: String(version) }];
}

export function policySentences(translator: Translator, policy: Policy): readonly string[] {
  const { enabled, enrollment, strength } = policy;
  if (!enabled) return [translator.t('admin.sentence.off')];
  return [
    enrollment === 'required'
      ? requiredSentence(translator, policy)
      : translator.t(`admin.sentence.${enrollment}`),
    ...(strength === 'any' ? [] : [translator.t('admin.sentence.resistant')]),
  ];
}

function requiredSentence({ t, day }: Translator, { graceUntil, skips }: Policy): string {
  const date = graceUntil === null ? null : day(graceUntil).text;
  if (date !== null && skips !== null) return t('admin.sentence.required.both', { date, times: skips });
  if (date !== null) return t('admin.sentence.required.date', { date });
  return skips === null ? t('admin.sentence.required') : t('admin.sentence.required.times', { times: skips });
}

export interface PolicyFields {
  readonly version: number;
  readonly enabled: boolean;
  readonly enrollment: EnrollmentRule;
  /** Null if no available method resists phishing, so there is nothing to choose. */
  readonly strength: Strength | null;
  readonly methods: readonly {
    readonly kind: FactorKind;
    readonly checked: boolean;
    readonly available: boolean;
  }[];
  readonly enrollAtSignUp: boolean;
  readonly backupPhone: boolean;
  readonly challengeFederated: boolean;
  readonly smsFallback: boolean;
  readonly newBrowserNotice: boolean;
  /** `2026-12-15`, or empty. */
  readonly graceUntil: string;
  readonly skips: string;
  readonly rememberBrowser: DurationField;
  readonly sessionDuration: DurationField;
  readonly idleTimeout: DurationField;
}
