import type { FactorKind, Factors } from '../member/factor-kind';
import { NO_MEMBER_SETTINGS, type MemberSettings } from '../member/member';
import type { Policy, Strength } from '../policy/policy';
import type { Evidence } from './assurance';

export interface AuthenticatorFact {
  readonly id: string;
  readonly kind: FactorKind;
  /** False if too many wrong proofs disabled it, or its secret cannot be read. */
  readonly usable: boolean;
}

export interface SessionFact {
  readonly phase: 'live' | 'expired' | 'ended';
  readonly evidence: readonly Evidence[];
  readonly skipped: boolean;
}

/** Everything that a decision depends on: plain data, read in one round trip. */
export interface Facts {
  readonly factors: Factors;
  readonly session: SessionFact | null;
  readonly featureAvailable: boolean;
  readonly policy: Policy;
  readonly member: MemberSettings;
  /** Signed in through an identity provider, which is responsible for the factors. */
  readonly federated: boolean;
  readonly hasPassword: boolean;
  readonly authenticators: readonly AuthenticatorFact[];
  readonly recoveryCodesLeft: number;
  /** Whether the host has a verified address on file. */
  readonly onFile: { readonly email: boolean; readonly phone: boolean };
  readonly onFileDisabled: readonly FactorKind[];
  readonly availableKinds: readonly FactorKind[];
  readonly enrolledBefore: boolean;
  /** A code to an address on file was accepted before, so a policy was on at that time. */
  readonly onFileProven: boolean;
  /**
   * The authenticators, including addresses on file, that use the address of the first factor. They do not count as a second
   * factor: an attacker who reads that mailbox has both.
   */
  readonly spentChannels: readonly string[];
  readonly codesLockedUntil: number | null;
  readonly recoveryCodesLockedUntil: number | null;
}

/** Their own organization, an exemption, a skip or an identity provider never exempts administrators (OWASP MFA cheat sheet). */
export function asAdministrator(facts: Facts, administered: Policy): Facts {
  const own = isMfaOn(facts) ? facts.policy : administered;
  return {
    ...facts,
    featureAvailable: true,
    federated: false,
    policy: { ...own, enabled: true, enrollment: 'required', graceUntil: null, skips: null },
    member: { ...facts.member, exemption: null },
    session: facts.session === null ? null : withoutUpstreamProofs(facts.session),
  };
}

/** An exemption or an identity provider does not exempt people in an organization that they administer. */
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

function withoutUpstreamProofs(session: SessionFact): SessionFact {
  const evidence = session.evidence.filter(({ method }) => method !== 'upstream');
  return { ...session, evidence, skipped: false };
}

export function isMfaOn({ featureAvailable, policy }: Pick<Facts, 'featureAvailable' | 'policy'>): boolean {
  return featureAvailable && policy.enabled;
}

export type Requirement =
  /** A login, or a page behind the guard. */
  | { readonly kind: 'policy' }
  /** A proof of the person's strongest factor, at most this old (RFC 9470). */
  | {
      readonly kind: 'step-up';
      readonly maxAgeSeconds: number;
      readonly strength?: Strength;
      /** A password counts only if it was entered after this instant: "enter your password again". */
      readonly passwordSince?: number;
      /** A sign-in of the host that this package saw counts too, even if the person has a password. */
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
      /** The person has no factor, so the password is the strongest proof. */
      readonly password?: true;
    }
  | {
      readonly outcome: 'enroll';
      readonly because: 'required' | 'offered';
      readonly anyOf: readonly FactorKind[];
      readonly skippable: boolean;
      /** The route requires it, not the policy. */
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
        /** The factor that is strong enough no longer works, but weaker ones do. */
        | 'strongest-unusable'
        | 'records-unavailable'
        /** The person was asked to sign in again and did, but this package did not see it. */
        | 'sign-in-unseen';
      readonly lockedUntil?: number;
    };
