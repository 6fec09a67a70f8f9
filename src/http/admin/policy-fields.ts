import type { FactorKind } from '../../core/member/factor-kind';
import { ENROLLABLE_KINDS, RESISTANT_KINDS } from '../../factors/find-factor';
import type { EnrollmentRule, Policy, Strength } from '../../core/policy/policy';
import type { PolicyChange } from '../../flows/admin/save-policy';
import { fieldOf } from '../kernel/request';
import { dayField } from './form-fields';
import { durationField, durationWords, kindName, type DurationField } from './words';
import { ENGLISH } from '../../factors/english';

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

/** The form as submitted, with its invalid values, so that nothing has to be typed again. */
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

const ENROLLMENT_WORDS = {
  assigned: 'Only assigned members',
  optional: 'Optional',
  required: 'Required',
} as const;

const STRENGTH_WORDS = {
  any: 'Any allowed method',
  'phishing-resistant': 'Phishing-resistant only',
} as const;

const onOff = (on: boolean) => (on ? 'on' : 'off');

const RULES = {
  enabled: 'Multi-factor authentication',
  enrollment: 'Who must use it',
  methods: 'Methods',
  strength: 'Strength of the method',
  graceUntil: 'Grace until',
  skips: 'Skips',
  enrollAtSignUp: 'In the create-account flow',
  backupPhone: 'Backup phone',
  challengeFederated: 'Ask after single sign-on too',
  smsFallback: 'Email the code if a text message can’t be sent',
  newBrowserNotice: 'Email people about sign-ins from new browsers',
  rememberBrowserSeconds: 'Remembered browsers',
  sessionDurationSeconds: 'Maximum session length',
  idleTimeoutSeconds: 'Sign out after inactivity',
} as const satisfies Readonly<Record<keyof PolicyChange, string>>;

/** The name of a rule within a sentence; unknown names are returned unchanged. */
export function ruleOf(field: string): string {
  const rule = new Map<string, string>(Object.entries(RULES)).get(field);
  return rule === undefined ? field : rule.charAt(0).toLowerCase() + rule.slice(1);
}

/** Every rule in words, to compare two policies. */
export function describeRules(policy: Policy): readonly { readonly rule: string; readonly text: string }[] {
  const { graceUntil, skips, methods } = policy;
  return [
    { rule: RULES.enabled, text: onOff(policy.enabled) },
    { rule: RULES.enrollment, text: ENROLLMENT_WORDS[policy.enrollment] },
    {
      rule: RULES.methods,
      text: methods.length === 0 ? 'none' : methods.map((kind) => kindName(kind)).join(', '),
    },
    { rule: RULES.strength, text: STRENGTH_WORDS[policy.strength] },
    { rule: RULES.graceUntil, text: graceUntil === null ? 'no date' : ENGLISH.day(graceUntil).text },
    { rule: RULES.skips, text: skips === null ? 'no count' : String(skips) },
    { rule: RULES.enrollAtSignUp, text: onOff(policy.enrollAtSignUp) },
    { rule: RULES.backupPhone, text: onOff(policy.backupPhone) },
    { rule: RULES.challengeFederated, text: onOff(policy.challengeFederated) },
    { rule: RULES.smsFallback, text: onOff(policy.smsFallback) },
    { rule: RULES.newBrowserNotice, text: onOff(policy.newBrowserNotice) },
    { rule: RULES.rememberBrowserSeconds, text: durationWords(policy.rememberBrowserSeconds, 'never') },
    { rule: RULES.sessionDurationSeconds, text: durationWords(policy.sessionDurationSeconds, 'none') },
    { rule: RULES.idleTimeoutSeconds, text: durationWords(policy.idleTimeoutSeconds, 'none') },
  ];
}

/** A change as form fields, to submit it again. */
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

/** The policy in one sentence. */
export function policySentence(policy: Policy): string {
  if (!policy.enabled) return 'Multi-factor authentication is off: a password is enough to sign in.';
  const { enrollment, graceUntil, skips } = policy;
  if (enrollment === 'assigned')
    return `Only members whom you assign are asked, and members who set it up themselves.${strengthSentence(policy)}`;
  if (enrollment === 'optional')
    return `Everyone is invited to set it up, and may skip.${strengthSentence(policy)}`;
  const date = graceUntil === null ? '' : ` by ${ENGLISH.day(graceUntil).text}`;
  const count = skips === null ? '' : `, and may skip ${skips === 1 ? 'once' : `${skips} times`} before`;
  return `Everyone must set it up${date}${count}.${strengthSentence(policy)}`;
}

function strengthSentence({ strength }: Policy): string {
  return strength === 'any' ? '' : ' Only phishing-resistant methods count.';
}

export interface PolicyFields {
  readonly version: number;
  readonly enabled: boolean;
  readonly enrollment: EnrollmentRule;
  /** Null where no method here resists phishing, so that there is nothing to choose. */
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
