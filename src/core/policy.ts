import type { EnrollableKind } from './factor-kind';

/** How members without a factor come to one. */
export type EnrollmentRule = 'assigned' | 'optional' | 'required';

/** One organization's rules. Durations are seconds, instants epoch milliseconds. */
export interface Policy {
  readonly organizationId: string;
  /** Counts the saves; two administrators who save at once are told apart by it. */
  readonly version: number;
  readonly enabled: boolean;
  readonly enrollment: EnrollmentRule;
  readonly methods: readonly EnrollableKind[];
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
}

const DAY = 86_400;

/** The longest session any organization can ask for. */
export const MAX_SESSION_DURATION_SECONDS = 400 * DAY;

/** The policy of an organization that never saved one: MFA is off, and everything else has its default. */
export function defaultPolicy(organizationId: string): Policy {
  return {
    organizationId,
    version: 0,
    enabled: false,
    enrollment: 'assigned',
    methods: ['totp', 'sms', 'email'],
    enrollAtSignUp: false,
    backupPhone: false,
    graceUntil: null,
    skips: null,
    rememberBrowserSeconds: 0,
    sessionDurationSeconds: 90 * DAY,
    idleTimeoutSeconds: null,
    challengeFederated: false,
    smsFallback: true,
  };
}
