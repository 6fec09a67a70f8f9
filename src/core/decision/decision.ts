import type { FactorKind, Factors } from '../member/factor-kind';
import { NO_MEMBER_SETTINGS, type MemberSettings } from '../member/member';
import type { Policy, Strength } from '../policy/policy';
import type { Evidence } from './assurance';

/** What a decision needs to know of one authenticator. */
export interface AuthenticatorFact {
  readonly id: string;
  readonly kind: FactorKind;
  /** False where it was disabled by too many wrong proofs, or its secret cannot be read. */
  readonly usable: boolean;
}

/** What a decision needs to know of the session, or of the login in progress. */
export interface SessionFact {
  readonly phase: 'live' | 'expired' | 'ended';
  readonly evidence: readonly Evidence[];
  /** Enrollment was put off in this session. */
  readonly skipped: boolean;
}

/** Everything a decision is made from: plain data, gathered in one round trip. */
export interface Facts {
  /** The kinds that this process knows. */
  readonly factors: Factors;
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
  readonly onFileDisabled: readonly FactorKind[];
  /** The enrollable kinds that work here: a code can be sent or checked. */
  readonly availableKinds: readonly FactorKind[];
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

/**
 * The facts of a person as an administrator of an organization where MFA is on. Administrators always need a second factor
 * (OWASP MFA cheat sheet): their own organization, an exemption, a skip or an identity provider does not release them.
 * `administered` gives the methods to set up where their own organization has MFA off.
 */
export function asAdministrator(facts: Facts, administered: Policy): Facts {
  const own = isMfaOn(facts) ? facts.policy : administered;
  return {
    ...facts,
    featureAvailable: true,
    federated: false,
    policy: { ...own, enabled: true, enrollment: 'required', graceUntil: null, skips: null },
    member: { ...facts.member, exemption: null },
    session: facts.session === null ? null : asOwnProofs(facts.session),
  };
}

/** The facts of the same person as a member of an organization that they administer. An exemption or an identity provider does not release them. */
export function asMemberOf(facts: Facts, administered: Policy): Facts {
  const isOwn = administered.organizationId === facts.policy.organizationId;
  const { member, session } = facts;
  return {
    ...facts,
    featureAvailable: true,
    federated: false,
    policy: administered,
    member: { ...(isOwn ? member : NO_MEMBER_SETTINGS), exemption: null },
    session: isOwn || session === null ? session : { ...session, skipped: false },
  };
}

function asOwnProofs(session: SessionFact): SessionFact {
  const evidence = session.evidence.filter(({ method }) => method !== 'upstream');
  return { ...session, evidence, skipped: false };
}

export function isMfaOn({ featureAvailable, policy }: Pick<Facts, 'featureAvailable' | 'policy'>): boolean {
  return featureAvailable && policy.enabled;
}

/** What a route or a login asks. */
export type Requirement =
  /** A login, or a page below the guard. */
  | { readonly kind: 'policy' }
  /** A proof by the strongest factor the person has, no older than this (RFC 9470). */
  | {
      readonly kind: 'step-up';
      readonly maxAgeSeconds: number;
      /** What the route asks beyond the policy. */
      readonly strength?: Strength;
      /** A password counts only if it was given after this instant: "enter your password again". */
      readonly passwordSince?: number;
      /** A sign-in of the host that was seen counts too, although the person has a password. */
      readonly signInCounts?: true;
    };

/** A way to answer a challenge. */
export interface Option {
  readonly authenticatorId: string;
  readonly kind: FactorKind;
}

export type AllowReason =
  'satisfied' | 'exempt' | 'federated' | 'policy-off' | 'not-enrolled-optional' | 'skipped';

export type Decision =
  | { readonly outcome: 'allow'; readonly because: AllowReason }
  | {
      readonly outcome: 'challenge';
      readonly because: 'assurance-too-low' | 'authentication-too-old';
      readonly anyOf: readonly Option[];
      /** The person has no factor; the password is the strongest proof there is. */
      readonly password?: true;
    }
  | {
      readonly outcome: 'enroll';
      readonly because: 'required' | 'offered';
      readonly anyOf: readonly FactorKind[];
      readonly skippable: boolean;
      /** The route asks for it, not the policy. */
      readonly byRoute?: true;
      readonly graceUntil?: number;
      readonly skipsLeft?: number;
    }
  | {
      readonly outcome: 'sign-in';
      readonly because: 'no-session' | 'session-expired' | 'session-ended' | 'sign-in-too-old';
    }
  | {
      readonly outcome: 'deny';
      readonly because:
        | 'locked'
        | 'same-channel'
        | 'no-usable-factor'
        /** The factor that is strong enough works no more; weaker ones do. */
        | 'strongest-unusable'
        | 'records-unavailable'
        /** Somebody signed in again because that was asked of them, and nobody saw it. */
        | 'sign-in-unseen';
      readonly lockedUntil?: number;
    };
