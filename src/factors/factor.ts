import type { AddressesOnFile } from '../core/address/destination';
import type { Authenticator } from '../core/member/authenticator';
import type { Channel, FactorKind, FactorState, FactorTraits } from '../core/member/factor-kind';
import type { GivenTotp } from '../core/proof/imported-secret';
import type { KeyRing } from '../core/proof/key-ring';
import type { PlainSecret } from '../core/proof/secrets';
import type { TotpWindow } from '../core/proof/totp';
import type { Schema } from '../core/schema';
import type { MessageKey } from '../messages/catalogues';
import type { MemberRecord, Records } from '../records/records';
import type { Challenge, StateStore } from '../stores/state-store';
import type { PasskeySettings } from './passkey/ceremony-options';

export interface FactorTools {
  readonly records: Records;
  readonly state: StateStore;
  readonly keyRing: KeyRing;
  readonly totpWindow: TotpWindow;
  /** Null if the host did not enable them. */
  readonly passkeys: PasskeySettings | null;
  /** Reports a date in the future, which was ignored because a clock is or was ahead. */
  readonly noteFuture: (of: 'app code', at: number) => void;
}

export interface Attempt<Submission = unknown> {
  readonly userId: string;
  readonly challenge: Challenge;
  readonly member: MemberRecord;
  readonly onFile: AddressesOnFile;
  readonly submitted: Submission;
  readonly now: number;
}

export interface Verified<Proof = unknown> {
  readonly outcome: 'verified';
  readonly proof: Proof;
  /** The channel that delivered the code, if it is not that of the kind. The proof is then one of that channel. */
  readonly sentBy?: Channel;
  /** The proven authenticator, if all of a kind were asked for together. It replaces the one in the challenge. */
  readonly authenticatorId?: string;
  /** RFC 8176 values, if they are more precise than the traits. */
  readonly amr?: readonly string[];
}

export interface Rejection {
  readonly outcome: 'rejected';
  readonly because:
    | 'wrong-code'
    | 'code-expired'
    | 'code-used'
    | 'clock-off'
    | 'secret-unreadable'
    /** The counter of an authenticator did not increase, so there may be a copy of it. */
    | 'counter'
    | 'aaguid-not-allowed';
  /** The check that failed. For events; pages must not show it. */
  readonly check?: string;
  readonly driftSeconds?: number;
}

export type Verification<Proof = unknown> = Verified<Proof> | Rejection;

/** What to show to the person for an enrollment or a challenge. */
export interface Shown {
  /** For the JSON response, under the name of the kind. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The locals of the factor's view. */
  readonly view: Readonly<Record<string, unknown>>;
}

export interface Enrollee {
  readonly issuer: string;
  readonly account: string;
  readonly name: string;
  readonly authenticators: readonly Authenticator[];
  readonly now: number;
}

/** The data of an enrollment that waits for its first right proof. The secret is sealed, the state is not. */
export interface PendingEnrollment {
  readonly secret: PlainSecret | null;
  readonly state: FactorState | null;
  /** When it expires, if that is earlier than for other enrollments. */
  readonly until?: number;
}

/** How to set up a kind without a channel: `begin` creates the data that is shown, and the first right proof confirms it. */
export interface FactorEnrollment<Proof = unknown, State extends FactorState = FactorState> {
  /** `variant` is the value of the form's button, for kinds that are offered in several variants. */
  begin(enrollee: Enrollee, variant: string): PendingEnrollment;
  show(
    begun: PendingEnrollment & { readonly id: string },
    enrollee: Enrollee,
    tools: FactorTools,
  ): Promise<Shown>;
  confirm(proof: Proof): State;
  /** The default name of a new authenticator, derived from its state. Without it, the person is asked for a name. */
  suggestLabel?(state: State): string;
  /** Claims something that only one person may have, such as the id of a credential. False if another person has it. */
  claim?(userId: string, proof: Proof, tools: FactorTools): Promise<boolean>;
  /** The kind that the wizard sets up first if the policy wants a backup phone, or null. */
  readonly backup: FactorKind | null;
}

/** For a kind that shows something that the proof must answer, such as the request options of a passkey. */
export interface FactorChallenge {
  /** Returns the state to store with the challenge. Returns the same object if `before` is still valid. */
  begin(before: FactorState | null, now: number): FactorState;
  show(
    asked: {
      readonly state: FactorState | null;
      readonly authenticators: readonly Authenticator[];
    },
    tools: FactorTools,
  ): Promise<Shown>;
}

/** A secret from another system, in our format. */
export interface ImportedFactor {
  readonly secret: PlainSecret;
  readonly state: FactorState;
}

/** For a kind whose authenticators can be imported from another system. */
export interface FactorImport {
  parse(
    given: GivenTotp,
    options: { readonly allowWeak: boolean },
  ):
    | ({ readonly outcome: 'parsed' } & ImportedFactor)
    | { readonly outcome: 'refused'; readonly because: string };
}

/** Templates in `views/`, without the extension. Null if the text is enough. */
export interface FactorViews {
  /** The name of an icon in `partials/icon`. */
  readonly icon: string;
  /** Shown below the lead of the page before setup. */
  readonly before: string | null;
  /** Replaces the field for a code, if the proof is not a code. Gets what the challenge shows. */
  readonly prompt: string | null;
  /** Shown between the lead and the field of the setup page. Gets what the enrollment shows. */
  readonly setUp: string | null;
  /** Whether the proof consists of digits, to select the keyboard of a phone. */
  readonly digits: boolean;
}

/**
 * A kind of second factor: everything that the rest of the package needs to know about it. `Submission` is the result of `parse`,
 * `Proof` that of `verify`, and `State` is what an authenticator of the kind stores.
 */
export interface FactorDefinition<
  Submission = unknown,
  Proof = unknown,
  State extends FactorState = FactorState,
> {
  readonly traits: FactorTraits;
  /** English messages by field of `FactorWords`, for a kind that is not in the catalogues. */
  readonly messages?: Readonly<Record<string, string>>;
  readonly views: FactorViews;
  readonly field: 'code' | 'response';
  /** Parses the stored state. Keeps fields that a newer version added. */
  readonly stateSchema: Schema<State>;
  /** Null for kinds that are set up with a code sent to an address, or not at all. */
  readonly enrollment: FactorEnrollment<Proof, State> | null;
  /** Null if a proof does not require anything to be stored or shown. */
  readonly challenge: FactorChallenge | null;
  /** What settings say about an authenticator in addition to its kind, as a short message and in JSON; null for nothing. */
  describe?(
    state: State,
  ): { readonly word: MessageKey; readonly json: Readonly<Record<string, unknown>> } | null;
  /** The value that all of a person's authenticators of the kind share. Browsers store them under it. */
  ownerHandle?(state: State): string;
  /** After an authenticator was renamed or removed. `owner` is the handle of a removed one, or null. */
  announce?(
    left: readonly Authenticator[],
    owner: string | null,
    tools: FactorTools,
  ): { readonly view: string; readonly shown: Readonly<Record<string, unknown>> } | null;
  /** Whether an authenticator works with these settings. Default: it does. */
  worksHere?(state: State, tools: FactorTools): boolean;
  /** Omitted if nothing can be imported. */
  readonly imports?: FactorImport;
  available(options: FactorOptions): boolean;
  /** Parses a submitted proof. Null if it does not have the right form; no attempt is counted then. */
  parse(submitted: unknown): Submission | null;
  /** The number of digits in a code for this state. Omitted for six, or if the proof is not digits. */
  digits?(state: FactorState): number;
  verify(attempt: Attempt<Submission>, tools: FactorTools): Promise<Verification<Proof>>;
  /** The state with which the same proof is refused next time, or null to refuse this one. Must be pure. */
  afterProof(state: State, proof: Proof, now: number): State | null;
  /** For a proof that the state does not record: true exactly once, however many calls run in parallel. Default: `afterProof`. */
  accept?(attempt: Attempt<Submission>, proof: Proof, tools: FactorTools): Promise<boolean>;
}

export interface FactorOptions {
  readonly channels: readonly Channel[];
  readonly passkeys: boolean;
}
