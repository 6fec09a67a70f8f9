import type { FactorKind } from '../member/factor-kind';
import type { Strength } from '../policy/policy';

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
