/** Every event that the package emits and stores. Names are stable and in the past tense. */
export const EVENT_NAMES = [
  'password-accepted',
  'password-rejected',
  'password-throttled',
  'passwords-sprayed',
  'password-changed',
  'challenge-issued',
  'code-sent',
  'delivery-failed',
  'delivery-fell-back',
  'delivery-refused',
  'send-budget-exhausted',
  'proof-accepted',
  'proof-rejected',
  'proofs-locked',
  'proofs-unlocked',
  'authenticator-disabled',
  'signed-in',
  'signed-out',
  'login-denied',
  'enrollment-started',
  'enrollment-skipped',
  'authenticator-added',
  'authenticator-renamed',
  'authenticator-removed',
  'recovery-codes-issued',
  'recovery-code-used',
  'browser-remembered',
  'browser-forgotten',
  'browser-token-replayed',
  'step-up-completed',
  'sessions-ended',
  'policy-changed',
  'member-changed',
  'exemption-granted',
  'exemption-ended',
  'member-reset',
  'devices-forgotten',
  'reminder-sent',
  'request-refused',
  'notice-failed',
  'notice-abandoned',
  'records-unreadable',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/**
 * What happened, when, to whom, by whom and from where. Never contains a secret, a code, a token or a full email address or phone
 * number.
 */
export interface MfaEvent {
  readonly name: EventName;
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  readonly organizationId: string;
  /** The person it concerns. */
  readonly userId?: string;
  /** The person who did it, if it was somebody else. */
  readonly actorId?: string;
  /** The IP address that the request came from, according to the host's `trust proxy` setting. */
  readonly address?: string;
  /** Identifies the sign-in that it belongs to, from the password to the session. Contains no other information. */
  readonly loginId?: string;
  /** Details of the event, as plain words and numbers. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** How much attention an event needs, lowest first. */
export const SEVERITIES = ['info', 'notice', 'warning', 'alert'] as const;
export type Severity = (typeof SEVERITIES)[number];

const SEVERITY_OF: Readonly<Partial<Record<EventName, Severity>>> = {
  'passwords-sprayed': 'alert',
  'proofs-locked': 'alert',
  'authenticator-disabled': 'alert',
  'browser-token-replayed': 'alert',
  'records-unreadable': 'alert',
  'password-rejected': 'warning',
  'password-throttled': 'warning',
  'proof-rejected': 'warning',
  'login-denied': 'warning',
  'request-refused': 'warning',
  'recovery-code-used': 'warning',
  'delivery-failed': 'warning',
  'delivery-refused': 'warning',
  'send-budget-exhausted': 'warning',
  'notice-failed': 'warning',
  'notice-abandoned': 'warning',
  'password-changed': 'notice',
  'delivery-fell-back': 'notice',
  'proofs-unlocked': 'notice',
  'enrollment-skipped': 'notice',
  'authenticator-added': 'notice',
  'authenticator-removed': 'notice',
  'recovery-codes-issued': 'notice',
  'browser-remembered': 'notice',
  'browser-forgotten': 'notice',
  'sessions-ended': 'notice',
  'policy-changed': 'notice',
  'member-changed': 'notice',
  'exemption-granted': 'notice',
  'exemption-ended': 'notice',
  'member-reset': 'notice',
  'devices-forgotten': 'notice',
};

/** Default: `info`. */
export function severityOf(name: EventName): Severity {
  return SEVERITY_OF[name] ?? 'info';
}

export function namesOfSeverity(severity: Severity): readonly EventName[] {
  return EVENT_NAMES.filter((name) => severityOf(name) === severity);
}

/** Details whose values come from the package itself. Others may be free text, an address, a label or an id. */
const IMPERSONAL_DETAILS: ReadonlySet<string> = new Set([
  'kind',
  'because',
  'purpose',
  'next',
  'outcome',
  'scope',
  'budget',
  'fields',
  'assignedKind',
]);

export function withoutPerson(event: MfaEvent, userId: string): MfaEvent {
  const { name, at, organizationId, details } = event;
  const kept = Object.entries(details).filter(
    ([key, value]) => (typeof value !== 'string' || IMPERSONAL_DETAILS.has(key)) && value !== userId,
  );
  const others = {
    ...(event.userId === undefined || event.userId === userId ? {} : { userId: event.userId }),
    ...(event.actorId === undefined || event.actorId === userId ? {} : { actorId: event.actorId }),
  };
  return { name, at, organizationId, ...others, details: Object.fromEntries(kept) };
}
