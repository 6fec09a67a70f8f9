import type { FactorKind } from '../member/factor-kind';
import type { MemberSettings } from '../member/member';

/** How members without a factor come to one. */
export type EnrollmentRule = 'assigned' | 'optional' | 'required';

/** How strong a second factor has to be: any allowed one, or one that resists phishing (NIST SP 800-63B-4, 3.2.5). */
export type Strength = 'any' | 'phishing-resistant';

export const STRENGTHS: readonly Strength[] = ['any', 'phishing-resistant'];

/** One organization's rules. Durations are seconds, instants epoch milliseconds. */
export interface Policy {
  readonly organizationId: string;
  /** Counts the saves; two administrators who save at once are told apart by it. */
  readonly version: number;
  readonly enabled: boolean;
  readonly enrollment: EnrollmentRule;
  readonly methods: readonly FactorKind[];
  /** With `phishing-resistant`, other methods are only proven to set up the first one that is. */
  readonly strength: Strength;
  readonly enrollAtSignUp: boolean;
  /** Whether the wizard for an authenticator app also asks for a backup phone. */
  readonly backupPhone: boolean;
  /** Until when enrollment may be put off, or null for no date. */
  readonly graceUntil: number | null;
  /** How often enrollment may be put off, or null for no count. */
  readonly skips: number | null;
  /** How long a browser may stand in for a challenge at login; 0 is off. */
  readonly rememberBrowserSeconds: number;
  readonly sessionDurationSeconds: number;
  /** Null is no idle end. */
  readonly idleTimeoutSeconds: number | null;
  /** Ask members who signed in through an identity provider all the same. */
  readonly challengeFederated: boolean;
  /**
   * Whether a code that cannot go by text message goes to the email address on file, at sign-in only. The person then proves the
   * mailbox and not the phone, so that it counts as a code by email wherever proofs are ranked.
   */
  readonly smsFallback: boolean;
  /** Whether people get an email about a sign-in from a browser that they have not used before. */
  readonly newBrowserNotice: boolean;
}

const DAY = 86_400;

/** The longest session any organization can ask for. */
export const MAX_SESSION_DURATION_SECONDS = 400 * DAY;

/** The policy of an organization that never saved one: MFA is off, no method is chosen, and everything else has its default. */
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

/** Whether enrollment may be put off, worked out when it is asked, so that a tighter policy holds at once. */
export type Grace =
  | { readonly skippable: false }
  | { readonly skippable: true; readonly graceUntil?: number; readonly skipsLeft?: number };

/**
 * The date and the count hold together: enrollment is due at whichever comes first. A required policy with neither
 * has no grace; an optional one with neither can be put off for ever.
 */
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

/** Whether a skip made in this session still holds: the count was paid for then, the date is judged again. */
export function doesSkipHold(policy: Policy, member: MemberSettings, now: number): boolean {
  return (
    deriveGrace({ ...policy, skips: null, enrollment: 'optional' }, member, now).skippable &&
    (policy.enrollment === 'optional' || policy.graceUntil !== null || policy.skips !== null)
  );
}

/**
 * Whether a code for a phone may go to the email address on file instead. Only at sign-in: a step-up or an unlock asks for a proof
 * of the phone, which a code by email is not, and an enrollment would confirm the wrong address.
 */
export function maySmsFallBack(
  { smsFallback }: Pick<Policy, 'smsFallback'>,
  purpose: 'login' | 'step-up' | 'enroll' | 'unlock',
): boolean {
  return smsFallback && purpose === 'login';
}
