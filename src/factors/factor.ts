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

/** What the factors work with. */
export interface FactorTools {
  readonly records: Records;
  readonly state: StateStore;
  readonly keyRing: KeyRing;
  readonly totpWindow: TotpWindow;
  /** Null where the host did not switch them on. */
  readonly passkeys: PasskeySettings | null;
  /** Reports an instant from the future, which was ignored because a clock is or was ahead. */
  readonly noteFuture: (of: 'app code', at: number) => void;
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
  /** The authenticator that was proven, where all of a kind were asked together. It takes the place of the one that was asked. */
  readonly authenticatorId?: string;
  /** RFC 8176 values, where they are known better than the traits say. */
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
    /** The counter of an authenticator did not move: there may be a copy of it. */
    | 'counter'
    | 'aaguid-not-allowed';
  /** The check that failed, where pages must not say which. Events do. */
  readonly check?: string;
  readonly driftSeconds?: number;
}

export type Verification<Proof = unknown> = Verified<Proof> | Rejection;

/** What the person is shown of something that a factor has begun. */
export interface Shown {
  /** In the JSON answer, under the name of the kind. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What the view of the factor is given. */
  readonly view: Readonly<Record<string, unknown>>;
}

/** Who sets a factor up. */
export interface Enrollee {
  readonly issuer: string;
  /** What tells entries of an app apart: an address, or the name of the account. */
  readonly account: string;
  readonly name: string;
  readonly authenticators: readonly Authenticator[];
  readonly now: number;
}

/** What waits until the first right proof confirms it. The secret is sealed, the state is not. */
export interface Begun {
  readonly secret: PlainSecret | null;
  readonly state: FactorState | null;
  /** When it ends, if that is before the end of other enrollments. */
  readonly until?: number;
}

/** How a kind without a channel is set up: something is begun and shown, and the first right proof confirms it. */
export interface FactorEnrollment<Proof = unknown, State extends FactorState = FactorState> {
  /** `variant` is what the form says beside its button, where a kind is offered in several. */
  begin(enrollee: Enrollee, variant: string): Begun;
  show(begun: Begun & { readonly id: string }, enrollee: Enrollee, tools: FactorTools): Promise<Shown>;
  /** The state of the new authenticator. */
  confirm(proof: Proof): State;
  /** The name of a new authenticator, where its state says one. Left out, the person is asked for it. */
  suggestLabel?(state: State): string;
  /** Takes what must belong to one person, such as the id of a credential; false where somebody else has it. */
  claim?(userId: string, proof: Proof, tools: FactorTools): Promise<boolean>;
  /** The kind that the wizard asks for first where a policy wants a backup phone, or null. */
  readonly backup: FactorKind | null;
}

/** For a kind whose proof answers something that is shown, such as the request options of a passkey. */
export interface FactorChallenge {
  /** What is stored with the challenge. Where `before` still holds, the same object. */
  begin(before: FactorState | null, now: number): FactorState;
  show(
    asked: {
      readonly state: FactorState | null;
      readonly authenticators: readonly Authenticator[];
    },
    tools: FactorTools,
  ): Promise<Shown>;
}

/** A secret that another system kept, as this one keeps it. */
export interface ImportedFactor {
  readonly secret: PlainSecret;
  readonly state: FactorState;
}

/** For a kind whose authenticators can be taken over from another system. */
export interface FactorImport {
  parse(
    given: GivenTotp,
    options: { readonly allowWeak: boolean },
  ):
    | ({ readonly outcome: 'parsed' } & ImportedFactor)
    | { readonly outcome: 'refused'; readonly because: string };
}

/** Templates below `views/`, without the extension; null where the words are enough. */
export interface FactorViews {
  /** A drawing of `partials/icon`. */
  readonly icon: string;
  /** Below the lead of the page before it is set up. */
  readonly before: string | null;
  /** In the place of the field for a code, where the proof is none. It is given what the challenge shows. */
  readonly prompt: string | null;
  /** Between the lead and the field of the page that sets it up. It is given what the enrollment shows. */
  readonly setUp: string | null;
  /** Whether the proof is digits, for the keyboard of a phone. */
  readonly digits: boolean;
}

/**
 * A kind of second factor: everything that the rest of the package needs to know about it. `Submission` is what `parse` makes of the
 * request, `Proof` what `verify` found right, `State` what an authenticator of the kind keeps.
 */
export interface FactorDefinition<
  Submission = unknown,
  Proof = unknown,
  State extends FactorState = FactorState,
> {
  readonly traits: FactorTraits;
  /** Its English messages by the fields of `FactorWords`, for a kind that is not in the catalogues. */
  readonly messages?: Readonly<Record<string, string>>;
  readonly views: FactorViews;
  /** The form field that holds the proof. */
  readonly field: 'code' | 'response';
  /** Reads the state that was stored. It keeps what a newer version added. */
  readonly stateSchema: Schema<State>;
  /** Null for kinds that are set up with a code to an address, or not at all. */
  readonly enrollment: FactorEnrollment<Proof, State> | null;
  /** Null where nothing has to be stored or shown for a proof. */
  readonly challenge: FactorChallenge | null;
  /** What settings say about an authenticator beside its kind, in a message of a few words and in JSON; null for nothing. */
  describe?(
    state: State,
  ): { readonly word: MessageKey; readonly json: Readonly<Record<string, unknown>> } | null;
  /** The value that all authenticators of a person share, and under which browsers keep them. */
  ownerHandle?(state: State): string;
  /** What the settings tell the browser after one was renamed or removed. `owner` is the handle of one that is gone, or null. */
  announce?(
    left: readonly Authenticator[],
    owner: string | null,
    tools: FactorTools,
  ): { readonly view: string; readonly shown: Readonly<Record<string, unknown>> } | null;
  /** Whether an authenticator works with these settings; left out, it does. */
  worksHere?(state: State, tools: FactorTools): boolean;
  /** Left out where nothing can be imported. */
  readonly imports?: FactorImport;
  /** Whether it works with these options: a code can be sent or checked. */
  available(options: FactorOptions): boolean;
  /** The proof as it is judged; null where it doesn't have the form of one, and then no attempt is counted. */
  parse(submitted: unknown): Submission | null;
  /** How many digits a proof of an authenticator with this state has; left out for six, or for proofs that are no digits. */
  digits?(state: FactorState): number;
  /** Judges without using anything up. */
  verify(attempt: Attempt<Submission>, tools: FactorTools): Promise<Verification<Proof>>;
  /** The state after a right proof, so that the same proof is refused next time; null refuses this one. A pure rule. */
  afterProof(state: State, proof: Proof, now: number): State | null;
  /**
   * Uses a proof up that is not kept in the state of an authenticator, together with its challenge: true exactly once, however many
   * calls run in parallel. Left out, `afterProof` is the rule.
   */
  accept?(attempt: Attempt<Submission>, proof: Proof, tools: FactorTools): Promise<boolean>;
}

/** The options that factors ask about. */
export interface FactorOptions {
  readonly channels: readonly Channel[];
  readonly passkeys: boolean;
}
