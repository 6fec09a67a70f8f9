import type { Evidence } from './assurance';
import type { DeliveredKind, EnrollableKind } from './factor-kind';
import type { MemberSettings } from './member';
import type { Policy } from './policy';

/** What a decision needs to know of one authenticator. */
export interface AuthenticatorFact {
  readonly id: string;
  readonly kind: EnrollableKind;
  /** False where it was disabled by too many wrong proofs, or its secret cannot be read. */
  readonly usable: boolean;
}

/** What a decision needs to know of the session, or of the login in progress. */
export interface SessionFact {
  readonly standing: 'live' | 'expired' | 'ended';
  readonly evidence: readonly Evidence[];
  /** Enrollment was put off in this session. */
  readonly skipped: boolean;
}

/** Everything a decision is made from: plain data, gathered in one round trip. */
export interface Facts {
  readonly session: SessionFact | null;
  /** Whether the host offers the feature to this organization at all. */
  readonly featureAvailable: boolean;
  readonly policy: Policy;
  readonly member: MemberSettings;
  /** Signed in through an identity provider, which answers for the factors. */
  readonly federated: boolean;
  /** Whether the person has a password that could be asked for. */
  readonly hasPassword: boolean;
  readonly authenticators: readonly AuthenticatorFact[];
  readonly recoveryCodesLeft: number;
  /** Addresses that the host has on file and vouches for. */
  readonly onFile: { readonly email: boolean; readonly phone: boolean };
  /** The kinds on file that too many wrong proofs disabled. */
  readonly onFileDisabled: readonly DeliveredKind[];
  /** What the host can deliver or verify at all. */
  readonly availableKinds: readonly EnrollableKind[];
  /** The user directory says that this person has enrolled before. */
  readonly enrolledBefore: boolean;
  /** An address on file was proven before, so that a policy was on then. */
  readonly onFileProven: boolean;
  /**
   * The authenticators, on-file ones included, at the address through which the first factor came. None of them is a
   * second one: whoever reads that mailbox has both.
   */
  readonly spentChannels: readonly string[];
  /** Until when one-time codes are refused, or null. */
  readonly codesLockedUntil: number | null;
  readonly recoveryCodesLockedUntil: number | null;
}
