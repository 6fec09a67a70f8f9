import { z } from 'zod';
import { ConfigurationError } from '../core/errors';
import type { DeliveredKind, EnrollableKind } from '../core/member/factor-kind';
import type { Policy } from '../core/policy/policy';
import { ENROLLMENT_RULES, type PolicyFault } from '../core/policy/policy-check';
import { ENROLLABLE_KINDS } from '../factors/find-factor';
import { describeValue, type OptionRule, type RulesFor } from './option-check';
import { aSwitch, listOf, oneOf } from './option-kinds';
import type { PolicyDefaults } from './options';

/** The range of a number is judged with the rest of the policy, by the check that every saved policy passes. */
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
  enrollAtSignUp: aSwitch('enrollAtSignUp: true'),
  backupPhone: aSwitch('backupPhone: true'),
  graceUntil: aNumber('graceUntil: Date.now() + 14 * 86_400_000', 'nullable'),
  skips: aNumber('skips: 3', 'nullable'),
  rememberBrowserSeconds: aNumber('rememberBrowserSeconds: 2592000'),
  sessionDurationSeconds: aNumber('sessionDurationSeconds: 86400'),
  idleTimeoutSeconds: aNumber('idleTimeoutSeconds: 3600', 'nullable'),
  challengeFederated: aSwitch('challengeFederated: true'),
  smsFallback: aSwitch('smsFallback: false'),
} satisfies RulesFor<PolicyDefaults>;

/** What a host is told of a policy that cannot be saved: every fault, and one of them in the message. */
export function refusePolicy(
  prefix: string,
  refused: {
    readonly policy: Policy;
    readonly fault: PolicyFault;
    readonly faults: readonly PolicyFault[];
    readonly availableKinds: readonly EnrollableKind[];
  },
): ConfigurationError {
  const { policy, fault, faults, availableKinds } = refused;
  const { field, because, message } = fault;
  const passed = describeValue(policy[field], { shown: true });
  const advice = field === 'methods' ? adviseSender(policy.methods, availableKinds) : '';
  return new ConfigurationError(`${prefix}${field}`, `${passed}. ${message}${advice}`, { because, faults });
}

/** A method that nothing can send is as good as missing, and nothing in the policy says so. */
function adviseSender(methods: unknown, availableKinds: readonly EnrollableKind[]): string {
  if (!Array.isArray(methods)) return '';
  return DELIVERED_KINDS.filter((kind) => methods.includes(kind) && !availableKinds.includes(kind))
    .map((kind) => ` For ${kind} there is no sender: pass \`${kind}\` to createMfa, as in ${SENDERS[kind]}.`)
    .join('');
}

const DELIVERED_KINDS: readonly DeliveredKind[] = ['email', 'sms'];
const SENDERS: Readonly<Record<DeliveredKind, string>> = {
  email: 'email: smtpEmail({ transport, from })',
  sms: 'sms: twilioSms({ client, from })',
};
