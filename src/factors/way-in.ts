import type { FactorKind } from '../core/member/factor-kind';
import type { FactorTools, Shown } from './factor';

/** A right proof that says whose it is. */
export interface RightWayIn<Proof = unknown> {
  readonly userId: string;
  readonly authenticatorId: string;
  readonly proof: Proof;
}

export type WayInVerdict<Proof = unknown> =
  | (RightWayIn<Proof> & {
      readonly outcome: 'verified';
      /** Whether it proves a first and a second factor, so that no password is asked. */
      readonly isBothFactors: boolean;
      /** RFC 8176. */
      readonly amr: readonly string[];
    })
  | {
      readonly outcome: 'rejected';
      /** Which check failed, for the event alone. */
      readonly check: string;
      /** Whose it would be; null where nobody has it. */
      readonly owner: Pick<RightWayIn, 'userId' | 'authenticatorId'> | null;
    };

/** How people sign in with a kind of factor alone, without a name and a password. */
export interface WayIn<Submission = unknown, Proof = unknown> {
  readonly kind: FactorKind;
  /** The form on the sign-in page, below `views/`. It is given what `show` answers. */
  readonly template: string;
  /** What the sign-in page and its JSON are given of a challenge. */
  show(challenge: string, tools: FactorTools): Promise<Shown>;
  /** Null for what doesn't have the form of a proof. */
  parse(submitted: unknown): Submission | null;
  /** The challenge that it says it answers. Whether that is one of ours is for the caller to check. */
  challengeOf(submission: Submission): string | null;
  /** Judges without using anything up, with the same work whether or not anybody has the credential. */
  verify(
    attempt: { readonly submitted: Submission; readonly challenge: string },
    tools: FactorTools,
  ): Promise<WayInVerdict<Proof>>;
  /** Keeps what the authenticator said, so that an older state of it is refused. False where it was refused just now. */
  accept(right: RightWayIn<Proof>, now: number, tools: FactorTools): Promise<boolean>;
}
