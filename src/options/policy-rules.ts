import * as z from 'zod';
import { ConfigurationError } from '../core/errors';
import { CHANNELS, type Channel, type FactorKind } from '../core/member/factor-kind';
import { STRENGTHS, type Policy } from '../core/policy/policy';
import { ENROLLMENT_RULES, type PolicyFault } from '../core/policy/policy-check';
import { ENROLLABLE_KINDS, channelOfKind } from '../factors/find-factor';
import { describeValue, type OptionRule, type RulesFor } from './option-check';
import { aSwitch, listOf, oneOf } from './option-kinds';
import type { PolicyDefaults } from './options';

/** Ranges are checked with the rest of the policy, as for every saved policy. */
function aNumber(write: string, nullable?: 'nullable'): OptionRule {
  return {
    schema: nullable === undefined ? z.number() : z.number().nullable(),
    allowed: nullable === undefined ? 'a number' : 'a number, or null for none',
    write,
    shown: true,
  };
}

export const POLICY_RULES = {
  enabled: aSwitch('enabled: true'),
  enrollment: oneOf(ENROLLMENT_RULES, "enrollment: 'required'"),
  methods: listOf(ENROLLABLE_KINDS, "methods: ['totp', 'email']"),
  strength: oneOf(STRENGTHS, "strength: 'phishing-resistant'"),
  enrollAtSignUp: aSwitch('enrollAtSignUp: true'),
  backupPhone: aSwitch('backupPhone: true'),
  graceUntil: aNumber('graceUntil: Date.now() + 14 * 86_400_000', 'nullable'),
  skips: aNumber('skips: 3', 'nullable'),
  rememberBrowserSeconds: aNumber('rememberBrowserSeconds: 2592000'),
  sessionDurationSeconds: aNumber('sessionDurationSeconds: 86400'),
  idleTimeoutSeconds: aNumber('idleTimeoutSeconds: 3600', 'nullable'),
  challengeFederated: aSwitch('challengeFederated: true'),
  smsFallback: aSwitch('smsFallback: false'),
  newBrowserNotice: aSwitch('newBrowserNotice: false'),
} satisfies RulesFor<PolicyDefaults>;

/** The error for an invalid policy. It has all faults; the message describes the first. */
export function refusePolicy(
  prefix: string,
  refused: {
    readonly policy: Policy;
    readonly fault: PolicyFault;
    readonly faults: readonly PolicyFault[];
    readonly availableKinds: readonly FactorKind[];
  },
): ConfigurationError {
  const { policy, fault, faults, availableKinds } = refused;
  const { field, because, message } = fault;
  const passed = describeValue(policy[field], { shown: true });
  const advice = field === 'methods' ? adviseSender(policy.methods, availableKinds) : '';
  return new ConfigurationError(`${prefix}${field}`, `${passed}. ${message}${advice}`, { because, faults });
}

/** Advice for a method without a sender, because the fault does not name the missing option. */
function adviseSender(methods: unknown, availableKinds: readonly FactorKind[]): string {
  if (!Array.isArray(methods)) return '';
  const unsent = ENROLLABLE_KINDS.filter((kind) => methods.includes(kind) && !availableKinds.includes(kind));
  const missing = CHANNELS.filter((channel) => unsent.some((kind) => channelOfKind(kind) === channel));
  return missing
    .map((by) => ` For ${by} there is no sender: pass \`${by}\` to createMfa, as in ${SENDERS[by]}.`)
    .join('');
}

const SENDERS: Readonly<Record<Channel, string>> = {
  email: 'email: smtpEmail({ transport, from })',
  sms: 'sms: twilioSms({ client, from })',
};
