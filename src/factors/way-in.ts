import type { FactorKind } from '../core/member/factor-kind';
import type { FactorTools, Shown } from './factor';

export interface RightWayIn<Proof = unknown> {
  readonly userId: string;
  readonly authenticatorId: string;
  readonly proof: Proof;
}

export type WayInVerdict<Proof = unknown> =
  | (RightWayIn<Proof> & {
      readonly outcome: 'verified';
      /** Whether it proves both a first and a second factor, so that no password is needed. */
      readonly isBothFactors: boolean;
      /** RFC 8176 values. */
      readonly amr: readonly string[];
    })
  | {
      readonly outcome: 'rejected';
      /** The check that failed. Only for the event. */
      readonly check: string;
      /** The owner of the credential; null if nobody has it. */
      readonly owner: Pick<RightWayIn, 'userId' | 'authenticatorId'> | null;
    };

export interface WayIn<Submission = unknown, Proof = unknown> {
  readonly kind: FactorKind;
  /** The template of the form on the sign-in page, in `views/`. Gets the result of `show`. */
  readonly template: string;
  /** What the sign-in page and its JSON show for a challenge. */
  show(challenge: string, tools: FactorTools): Promise<Shown>;
  parse(submitted: unknown): Submission | null;
  /** The challenge that the submission claims to answer. The caller must check that it was issued here. */
  challengeOf(submission: Submission): string | null;
  /** Verifies a proof without using it up. Does the same work whether or not the credential is known. */
  verify(
    attempt: { readonly submitted: Submission; readonly challenge: string },
    tools: FactorTools,
  ): Promise<WayInVerdict<Proof>>;
  /** An older state is refused from now on. False if a newer one was stored in the meantime. */
  accept(right: RightWayIn<Proof>, now: number, tools: FactorTools): Promise<boolean>;
}
