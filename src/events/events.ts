/** Every event the package emits and stores. Names are stable and in the past tense. */
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
  'request-refused',
  'notice-failed',
  'notice-abandoned',
  'records-unreadable',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** Who, whom, what, when and from where. Never a secret, a code, a token or a full address. */
export interface MfaEvent {
  readonly name: EventName;
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  readonly organizationId: string;
  /** The person it concerns. */
  readonly userId?: string;
  /** Who did it, if it was somebody else. */
  readonly actorId?: string;
  /** The address the request came from, as the host's `trust proxy` setting gives it. */
  readonly address?: string;
  /** Plain words and numbers about it. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}
