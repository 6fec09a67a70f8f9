// What was asked of the processes and what they answered, in the order in which one observer saw it.

/** What a call tries to do, as far as the rules need to know. */
export type Act =
  /** The password of a sign-in. */
  | { readonly kind: 'password' }
  /** A second factor. `proof` names a right one, for a TOTP code secret and time step; null is a wrong one. */
  | {
      readonly kind: 'proof';
      readonly purpose: 'login' | 'step-up';
      readonly group: 'codes' | 'recovery-codes';
      readonly proof: string | null;
      /** At the end, when everything works: a right code of this factor must be accepted. */
      readonly final?: { readonly factor: string };
    }
  /** The first code of a new factor. */
  | {
      readonly kind: 'enroll';
      readonly factor: string;
      readonly proof: string | null;
      readonly endsOthers: boolean;
    }
  | { readonly kind: 'remove'; readonly factor: string; readonly endsOthers: boolean }
  | { readonly kind: 'skip' }
  /** A guarded route. */
  | { readonly kind: 'visit' }
  | { readonly kind: 'sign-out' }
  | { readonly kind: 'end-others' }
  | { readonly kind: 'end-all' }
  | { readonly kind: 'end-organization' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'unlock' }
  | { readonly kind: 'save-policy'; readonly revision: number }
  | { readonly kind: 'read-policy' }
  /** Reads what a person has enrolled. */
  | { readonly kind: 'inspect' }
  /** Anything else, such as asking for a new code. */
  | { readonly kind: 'other'; readonly what: string };

export interface Answer {
  /** `unknown`: no answer, or a failure, after which it may have happened, may happen later, or not at all. */
  readonly verdict: 'yes' | 'no' | 'unknown';
  readonly status: number | null;
  readonly because?: string;
  /** Of a password: whether the person was let in or led to enroll as somebody without a factor. */
  readonly withoutFactor?: boolean;
  /** The policy that a guarded route or a read went by. */
  readonly revision?: number;
  /** The factors that a person was seen to have. */
  readonly factors?: readonly string[];
  readonly recoveryCodesLeft?: number;
}

export interface Call {
  readonly id: number;
  readonly process: number;
  readonly person: string;
  readonly browser: string;
  /** The sign-in that a call goes by, from its password on; null where there is none. */
  readonly login: string | null;
  readonly act: Act;
  /** Places in the order of all events. */
  readonly invoked: number;
  readonly responded: number;
  /** The clock of the apps, in milliseconds. */
  readonly at: number;
  readonly answeredAt: number;
  readonly answer: Answer;
}

/** What was done to the stores, or to a process. */
export interface Fault {
  readonly what: string;
  /** Whether it may lose what was acknowledged. */
  readonly losesWrites: boolean;
  /** From where on acknowledged writes may be lost. */
  readonly from: number;
  readonly to: number;
}

export interface History {
  readonly calls: readonly Call[];
  readonly faults: readonly Fault[];
}

/** Whether the first call was over before the second began. */
export function isBefore(earlier: Call, later: Call): boolean {
  return earlier.responded < later.invoked;
}

/** A call without its answer. */
export type Asked = Pick<Call, 'process' | 'person' | 'browser' | 'login' | 'act'>;

export interface Recorder {
  readonly history: History;
  /** Puts what is asked on record before it is asked, and the answer when it is there. */
  record(asked: Asked, ask: () => Promise<Answer>): Promise<Call>;
  /** The place of an event that has just happened. */
  place(): number;
  addFault(fault: Fault): void;
}

export function createRecorder(clock: { now(): number }): Recorder {
  const calls: Call[] = [];
  const faults: Fault[] = [];
  let places = 0;
  let ids = 0;
  const place = () => (places += 1);
  return {
    history: { calls, faults },
    place,
    addFault: (fault) => void faults.push(fault),
    async record(asked, ask) {
      const begun = { ...asked, id: (ids += 1), invoked: place(), at: clock.now() };
      const answer = await ask();
      const call = { ...begun, answer, responded: place(), answeredAt: clock.now() };
      calls.push(call);
      return call;
    },
  };
}
