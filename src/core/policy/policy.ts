import type { FactorKind } from '../member/factor-kind';
import type { MemberSettings } from '../member/member';

/**
 * Who is asked to enroll. `assigned`: only members for whom an administrator enabled MFA. `optional`: everyone, but they may
 * decline. `required`: everyone.
 */
export type EnrollmentRule = 'assigned' | 'optional' | 'required';

/** The required strength of a second factor: any allowed method, or one that resists phishing (NIST SP 800-63B-4, 3.2.5). */
export type Strength = 'any' | 'phishing-resistant';

export const STRENGTHS: readonly Strength[] = ['any', 'phishing-resistant'];

/** The rules of one organization. Durations are in seconds, instants in epoch milliseconds. */
export interface Policy {
  readonly organizationId: string;
  /** The number of saves. Detects two administrators who save at the same time. */
  readonly version: number;
  readonly enabled: boolean;
  readonly enrollment: EnrollmentRule;
  readonly methods: readonly FactorKind[];
  /** With `phishing-resistant`, people prove other methods only to set up their first phishing-resistant one. */
  readonly strength: Strength;
  readonly enrollAtSignUp: boolean;
  /** Whether the wizard for an authenticator app also asks for a backup phone. */
  readonly backupPhone: boolean;
  /** Until when enrollment may be skipped, or null for no date. */
  readonly graceUntil: number | null;
  /** How often enrollment may be skipped, or null for no count. */
  readonly skips: number | null;
  /** How long a remembered browser may skip the challenge at login; 0 is off. */
  readonly rememberBrowserSeconds: number;
  readonly sessionDurationSeconds: number;
  /** Null: sessions do not end when idle. */
  readonly idleTimeoutSeconds: number | null;
  /** Whether members who signed in through an identity provider are challenged too. */
  readonly challengeFederated: boolean;
  /**
   * Whether a code that cannot be sent by text message goes to the email address on file, at sign-in only. The person then proves
   * the mailbox, not the phone, so it ranks as a code by email.
   */
  readonly smsFallback: boolean;
  /** Whether people get an email about a sign-in from a browser that they have not used before. */
  readonly newBrowserNotice: boolean;
}

const DAY = 86_400;

/** The longest session that an organization can set. */
export const MAX_SESSION_DURATION_SECONDS = 400 * DAY;

/** The policy of an organization that never saved one: MFA is off, no method is selected, and the rest has its defaults. */
export function defaultPolicy(organizationId: string): Policy {
  return {
    organizationId,
    version: 0,
    enabled: false,
    enrollment: 'assigned',
    methods: [],
    strength: 'any',
    enrollAtSignUp: false,
    backupPhone: false,
    graceUntil: null,
    skips: null,
    rememberBrowserSeconds: 0,
    sessionDurationSeconds: 90 * DAY,
    idleTimeoutSeconds: null,
    challengeFederated: false,
    smsFallback: true,
    newBrowserNotice: true,
  };
}

/** Whether enrollment may be skipped. Derived at each request, so that a stricter policy takes effect immediately. */
export type Grace =
  | { readonly skippable: false }
  | { readonly skippable: true; readonly graceUntil?: number; readonly skipsLeft?: number };

/** Enrollment is due when the date or the count is reached. With neither, it is due if required, and never if optional. */
export function deriveGrace(policy: Policy, member: MemberSettings, now: number): Grace {
  if (policy.enrollment === 'assigned' || member.enabled) return { skippable: false };
  const { graceUntil, skips } = policy;
  if (policy.enrollment === 'required' && graceUntil === null && skips === null) return { skippable: false };
  if (graceUntil !== null && now >= graceUntil) return { skippable: false };
  if (skips !== null && member.skipsUsed >= skips) return { skippable: false };
  return {
    skippable: true,
    ...(graceUntil === null ? {} : { graceUntil }),
    ...(skips === null ? {} : { skipsLeft: skips - member.skipsUsed }),
  };
}

/** Whether a skip in this session is still valid: the skip was already counted, but the date is checked again. */
export function doesSkipHold(policy: Policy, member: MemberSettings, now: number): boolean {
  return (
    deriveGrace({ ...policy, skips: null, enrollment: 'optional' }, member, now).skippable &&
    (policy.enrollment === 'optional' || policy.graceUntil !== null || policy.skips !== null)
  );
}

/** Only at sign-in: a step-up or an unlock needs a proof of the phone, and an enrollment would confirm the wrong address. */
export function maySmsFallBack(
  { smsFallback }: Pick<Policy, 'smsFallback'>,
  purpose: 'login' | 'step-up' | 'enroll' | 'unlock',
): boolean {
  return smsFallback && purpose === 'login';
}
