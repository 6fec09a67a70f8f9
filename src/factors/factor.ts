import type { AddressesOnFile } from '../core/address/destination';
import type { Channel, FactorTraits } from '../core/member/factor-kind';
import type { KeyRing } from '../core/proof/key-ring';
import type { AcceptedSteps, TotpWindow } from '../core/proof/totp';
import type { MemberRecord, RecordStore } from '../stores/record-store';
import type { Challenge, StateStore } from '../stores/state-store';

/** What the factors work with. */
export interface FactorTools {
  readonly records: RecordStore;
  readonly state: StateStore;
  readonly keyRing: KeyRing;
  readonly totpWindow: TotpWindow;
}

/** One proof submitted in answer to one challenge. */
export interface Attempt<Submission = unknown> {
  readonly userId: string;
  readonly challenge: Challenge;
  readonly member: MemberRecord;
  /** As the host has them now. */
  readonly onFile: AddressesOnFile;
  readonly submitted: Submission;
  readonly now: number;
}

/** A right proof, in the form in which its factor accepts it. */
export interface Verified<Proof = unknown> {
  readonly outcome: 'verified';
  readonly proof: Proof;
  /** The channel that the code travelled, where it was another one than that of its kind: that is what it proves. */
  readonly sentBy?: Channel;
}

export interface Rejection {
  readonly outcome: 'rejected';
  readonly because: 'wrong-code' | 'code-expired' | 'code-used' | 'clock-off' | 'secret-unreadable';
  readonly driftSeconds?: number;
}

export type Verification<Proof = unknown> = Verified<Proof> | Rejection;

/** What pages, mails and lists call a factor. English; sentences begin with a capital letter and end with a full stop. */
export interface FactorWords {
  /** In lists, filters and charts: `Authenticator app`. */
  readonly name: string;
  /** How a session was proven: `authenticator app`. */
  readonly proof: string;
  /** What an authenticator is called until its owner names it: `Phone`. */
  readonly label: string;
  /** Before `are turned off.`: `Codes by email`. */
  readonly proofs: string;
  /** The button that adds one: `Add a phone number`. */
  readonly add: string;
  /** After `To` and before `, confirm that it is you.`: `add a phone number`. `replace` is for one that takes the place of another. */
  readonly purpose: { readonly add: string; readonly replace: string };
  /** Where a general sentence would be wrong, by the reason of the refusal. */
  readonly refusals: Readonly<Record<string, string>>;
}

/**
 * A kind of second factor: everything that the rest of the package needs to know about it. `Submission` is what `parse` makes of the
 * request, `Proof` what `verify` found right.
 */
export interface FactorDefinition<Submission = unknown, Proof = unknown> {
  readonly traits: FactorTraits;
  readonly words: FactorWords;
  /** Whether it works with these options: a code can be sent or checked. */
  available(options: FactorOptions): boolean;
  /** The proof as it is judged; null where it doesn't have the form of one, and then no attempt is counted. */
  parse(submitted: unknown): Submission | null;
  /** Judges without using anything up. */
  verify(attempt: Attempt<Submission>, tools: FactorTools): Promise<Verification<Proof>>;
  /** What an authenticator remembers of the proof that confirmed it. */
  enrolled(proof: Proof): AcceptedSteps;
  /**
   * Uses the proof and its challenge up: true exactly once for a proof, however many calls run in parallel. In an enrollment only the
   * challenge is used up, since there is no authenticator yet.
   */
  accept(attempt: Attempt<Submission>, proof: Proof, tools: FactorTools): Promise<boolean>;
}

/** The options that factors ask about. */
export interface FactorOptions {
  readonly channels: readonly Channel[];
}
