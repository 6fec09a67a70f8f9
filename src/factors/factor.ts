import type { AddressesOnFile } from '../core/address/destination';
import type { GuessGroup } from '../core/member/authenticator';
import type { DeliveredKind, FactorKind } from '../core/member/factor-kind';
import type { KeyRing } from '../core/proof/key-ring';
import type { TotpWindow } from '../core/proof/totp';
import type { MemberRecord, RecordStore, RecoveryCodeRecord } from '../stores/record-store';
import type { Challenge, StateStore } from '../stores/state-store';

/** One proof submitted in answer to one challenge. */
export interface Attempt {
  readonly userId: string;
  readonly challenge: Challenge;
  readonly member: MemberRecord;
  /** As the host has them now. */
  readonly onFile: AddressesOnFile;
  readonly submitted: unknown;
  readonly now: number;
}

/** What was found right, and what accepting it uses up. */
export type Proof =
  | { readonly kind: 'totp'; readonly timeStep: number }
  /** By the channel that the code travelled, which is what it proves. */
  | { readonly kind: 'delivered-code'; readonly sentBy: DeliveredKind }
  | { readonly kind: 'recovery-code'; readonly code: RecoveryCodeRecord };

export type Verification =
  | { readonly outcome: 'verified'; readonly proof: Proof }
  | {
      readonly outcome: 'rejected';
      readonly because: 'wrong-code' | 'code-expired' | 'code-used' | 'clock-off' | 'secret-unreadable';
      readonly driftSeconds?: number;
    };

/** One kind of second factor. */
export interface Factor {
  readonly kind: FactorKind;
  readonly group: GuessGroup;
  /** Whether its code travels to an address. */
  readonly delivered: boolean;
  /** The proof in its plain form; null where it has not even the shape of one, and then nothing is counted. */
  parse(submitted: unknown): string | null;
  /** Judges, and uses nothing up; a code to come that it tells of is never accepted afterwards. */
  verify(attempt: Attempt): Promise<Verification>;
  /**
   * Uses the proof and its challenge up: true exactly once for a proof, however many calls run in parallel. In an
   * enrollment only the challenge is used up, since there is no authenticator yet.
   */
  accept(attempt: Attempt, proof: Proof): Promise<boolean>;
}

/** What the factors work with. */
export interface FactorContext {
  readonly records: RecordStore;
  readonly state: StateStore;
  readonly keyRing: KeyRing;
  readonly totpWindow: TotpWindow;
}
