import { enrollableOf, findTraits, type FactorKind, type Factors } from '../member/factor-kind';
import { LONGEST_REMEMBERED_SECONDS } from '../member/remembered-browser';
import { MAX_SESSION_DURATION_SECONDS, STRENGTHS, type EnrollmentRule, type Policy } from './policy';

/** Why a policy cannot be saved: the field, a stable reason, and a sentence that says what to do. */
export interface PolicyFault {
  readonly field: keyof Policy;
  readonly because:
    | 'malformed'
    | 'too-small'
    | 'too-large'
    | 'idle-exceeds-session'
    | 'no-method'
    | 'no-usable-method'
    | 'sms-alone'
    | 'no-phishing-resistant-method';
  readonly message: string;
}

export const MAX_SKIPS = 100;
/** September 2001. A smaller number is probably an instant in seconds. */
const EARLIEST_INSTANT = 1_000_000_000_000;
/** The end of the year 9999. */
const LATEST_INSTANT = 253_402_300_799_999;

export const ENROLLMENT_RULES: readonly EnrollmentRule[] = ['assigned', 'optional', 'required'];
export const SWITCHES = [
  'enabled',
  'enrollAtSignUp',
  'backupPhone',
  'challengeFederated',
  'smsFallback',
  'newBrowserNotice',
] as const;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly nullable?: true;
  readonly message: string;
}

const RANGES = {
  graceUntil: {
    min: EARLIEST_INSTANT,
    max: LATEST_INSTANT,
    nullable: true,
    message: 'The end of the grace period must be a date, given in epoch milliseconds. Choose one, or none.',
  },
  skips: {
    min: 1,
    max: MAX_SKIPS,
    nullable: true,
    message: 'Enrollment can be put off 1 to 100 times. Choose a whole number, or none.',
  },
  rememberBrowserSeconds: {
    min: 0,
    max: LONGEST_REMEMBERED_SECONDS,
    message: 'A browser can be remembered for up to 90 days. Choose a shorter time, or 0 for never.',
  },
  sessionDurationSeconds: {
    min: 1,
    max: MAX_SESSION_DURATION_SECONDS,
    message: 'A session can last up to 400 days. Choose a whole number of seconds above 0.',
  },
  idleTimeoutSeconds: {
    min: 1,
    max: MAX_SESSION_DURATION_SECONDS,
    nullable: true,
    message:
      'A session can end after up to 400 idle days. Choose a whole number of seconds above 0, or none.',
  },
} satisfies Partial<Record<keyof Policy, Range>>;

type RangedField = keyof typeof RANGES;
const RANGED_FIELDS: readonly RangedField[] = [
  'graceUntil',
  'skips',
  'rememberBrowserSeconds',
  'sessionDurationSeconds',
  'idleTimeoutSeconds',
];

interface KnownKinds {
  readonly factors: Factors;
  readonly availableKinds: readonly FactorKind[];
}

export function checkPolicy(policy: Policy, known: KnownKinds): readonly PolicyFault[] {
  const faults = [
    ...SWITCHES.map((field) => checkSwitch(field, policy[field])),
    checkEnrollment(policy.enrollment),
    checkMethods(policy, known),
    checkStrength(policy, known),
    ...RANGED_FIELDS.map((field) => checkRange(field, policy[field])),
    checkIdleWithinSession(policy),
  ];
  return faults.filter((fault) => fault !== null);
}

function checkSwitch(field: (typeof SWITCHES)[number], value: unknown): PolicyFault | null {
  if (typeof value === 'boolean') return null;
  return { field, because: 'malformed', message: 'This is either on or off. Choose one (true or false).' };
}

function checkEnrollment(value: unknown): PolicyFault | null {
  if (ENROLLMENT_RULES.some((rule) => rule === value)) return null;
  return {
    field: 'enrollment',
    because: 'malformed',
    message: 'Enrollment is one of assigned, optional and required. Choose one.',
  };
}

function checkMethods(
  { methods, enabled }: Policy,
  { factors, availableKinds }: KnownKinds,
): PolicyFault | null {
  const all = enrollableOf(factors);
  const fault = (because: PolicyFault['because'], message: string) => ({
    field: 'methods' as const,
    because,
    message,
  });
  if (!Array.isArray(methods) || !methods.every((kind) => all.includes(kind))) {
    return fault('malformed', `Methods are any of ${all.join(', ')}. Choose from these.`);
  }
  // While MFA is off, nobody is asked, so an incomplete choice does no harm.
  if (!enabled) return null;
  if (methods.length === 0) return fault('no-method', 'No method is allowed. Choose at least one.');
  const usable = methods.filter((kind) => availableKinds.includes(kind));
  if (usable.length === 0) {
    return fault(
      'no-usable-method',
      `None of these methods works here. Choose from ${availableKinds.join(', ')}.`,
    );
  }
  // The telephone network is a restricted channel: users must be offered an alternative (NIST SP 800-63B-4, 3.1.3.3).
  return usable.every((kind) => findTraits(factors, kind)?.restricted)
    ? fault(
        'sms-alone',
        'Text messages cannot be the only method. Allow an authenticator app or email as well.',
      )
    : null;
}

function checkStrength(
  { methods, strength, enabled }: Policy,
  { factors, availableKinds }: KnownKinds,
): PolicyFault | null {
  if (!STRENGTHS.some((known) => known === strength)) {
    const message = 'Strength is one of any and phishing-resistant. Choose one.';
    return { field: 'strength', because: 'malformed', message };
  }
  if (!enabled || strength === 'any' || !Array.isArray(methods)) return null;
  const resistant = methods.filter(
    (kind) => availableKinds.includes(kind) && findTraits(factors, kind)?.phishingResistant,
  );
  return resistant.length > 0
    ? null
    : {
        field: 'strength',
        because: 'no-phishing-resistant-method',
        message:
          'No allowed method resists phishing. Allow one that does, such as passkeys, or accept any method.',
      };
}

function checkRange(field: RangedField, value: unknown): PolicyFault | null {
  const range: Range = RANGES[field];
  if (value === null && range.nullable === true) return null;
  const { message } = range;
  if (typeof value !== 'number' || Number.isNaN(value)) return { field, because: 'malformed', message };
  if (value < range.min) return { field, because: 'too-small', message };
  if (value > range.max) return { field, because: 'too-large', message };
  return Number.isInteger(value) ? null : { field, because: 'malformed', message };
}

function checkIdleWithinSession(policy: Policy): PolicyFault | null {
  const { idleTimeoutSeconds, sessionDurationSeconds } = policy;
  if (idleTimeoutSeconds === null || !(idleTimeoutSeconds > sessionDurationSeconds)) return null;
  return {
    field: 'idleTimeoutSeconds',
    because: 'idle-exceeds-session',
    message: 'The idle time is longer than the session itself. Choose a shorter one.',
  };
}
