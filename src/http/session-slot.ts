import type { Request } from 'express';
import 'express-session';
import type { Evidence } from '../core/assurance';
import type { EnrollableKind } from '../core/factor-kind';
import type { Ends, Epochs } from '../core/session-lifetime';
import { MfaError } from '../errors';
import type { Asked } from '../flows/bearer';
import { stateOf } from './request-state';
import { parseSlot, writeSlotText } from './session-slot-text';

/** Half a login: enough to find the pending login, and nothing that Passport reads. */
export interface LoginSlot {
  readonly userId: string;
  readonly organizationId: string;
  readonly pendingId: string;
  readonly epochs: Epochs;
  readonly startedAt: number;
  readonly expiresAt: number;
  /** The `usernameKey` of the name that was typed, where a password was. */
  readonly name?: string;
}

/** What a full session carries. */
export interface SessionGrantSlot {
  readonly userId: string;
  readonly handle: string;
  /** The session it was granted in, by a part of its id. */
  readonly grantedIn: string;
  readonly userEpoch: string;
  /** The epoch of every organization that the session has been in; pairs, since ids are the host's. */
  readonly organizationEpochs: readonly (readonly [organizationId: string, epoch: string])[];
  readonly startedAt: number;
  readonly seenAt: number;
  readonly evidence: readonly Evidence[];
  readonly skipped: boolean;
}

/**
 * The session at hand, by enough of its id to tell it from any other. With `keepSessionInfo` Passport copies a session over the
 * next one, at a log-out and at a log-in; what was proven in the one is not proven in the other.
 */
export function sessionMark({ sessionID }: Pick<Request, 'sessionID'>): string {
  return sessionID.slice(0, 8);
}

/**
 * What had been ended when this session was made in place of one that was over: a sign-in that is found in it later, and that we did
 * not see, is newer than those ends.
 */
export interface MadeAfterSlot {
  readonly userId: string;
  readonly user: Ends;
  readonly organizationId: string;
  readonly organization: Ends;
}

/** Where a wizard stands that has more than one step. */
export interface WizardSlot {
  readonly kind: EnrollableKind;
  readonly backupPhone: 'asked' | 'done' | 'not-asked';
}

/** What was enrolled last, for the success page. */
export interface EnrolledSlot {
  readonly kind: EnrollableKind;
  readonly maskedDestination: string | null;
  readonly notified: readonly string[];
  /** How many steps the wizard had; null where a method was added in the settings. */
  readonly steps: number | null;
}

/** The authenticator that an enrollment under way takes the place of. */
export interface ReplacingSlot {
  readonly authenticatorId: string;
  readonly enrollmentId: string;
}

/** What a person can ask for in the settings. */
export type SettingsAct =
  | { readonly kind: 'rename'; readonly authenticatorId: string; readonly label: string }
  | { readonly kind: 'remove'; readonly authenticatorId: string; readonly endOthers: boolean }
  | { readonly kind: 'ask-first'; readonly authenticatorId: string }
  | { readonly kind: 'new-recovery-codes' };

/** What was asked and waits for a proof. */
export interface WaitingActSlot {
  readonly id: string;
  readonly act: SettingsAct;
  readonly until: number;
}

/** A form of the administrators' pages that was sent without the proof it needs. */
export interface KeptFormSlot {
  readonly id: string;
  /** The page that shows it again. */
  readonly path: string;
  /** The last part of where it was sent to. */
  readonly act: string;
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  readonly until: number;
}

/** What the host's own sign-in goes on with once the second step is done. */
export interface HostLoginSlot {
  /** Where the host runs the strategy again; without it our pages sign the person in. */
  readonly resumePath?: string;
  /** What the verify callback said beside the user. */
  readonly info?: unknown;
  /** The host's `req.session.returnTo`. */
  readonly returnTo?: string;
  /** Where `successRedirect` leads, where that is at another origin. */
  readonly next?: string;
  /** What `successFlash` says. */
  readonly flash?: { readonly type: string; readonly message: string };
  /** What `successMessage` says. */
  readonly message?: string;
}

/** The only part of the session that the package reads or writes, beside `returnTo`. */
export interface MfaSlot {
  readonly csrfToken?: string;
  readonly login?: LoginSlot;
  readonly session?: SessionGrantSlot;
  readonly asked?: Asked;
  readonly returnTo?: string;
  readonly wizard?: WizardSlot;
  readonly enrolled?: EnrolledSlot;
  /** The stored form of the link to end a lock, between opening it and the proof. */
  readonly unlock?: string;
  /** New recovery codes may wait to be seen; the state store has them. Saves looking there in every other session. */
  readonly unseenCodes?: true;
  readonly replacing?: ReplacingSlot;
  readonly waitingAct?: WaitingActSlot;
  readonly keptForm?: KeptFormSlot;
  /** The organization in which enrollment was put off. */
  readonly skippedIn?: string;
  /** The host's sign-up led here: protecting the account can be put off although nothing asks for it. */
  readonly onboarding?: true;
  /** Through what the visitor proved, before signing in, that an account is theirs. */
  readonly channel?: string;
  readonly madeAfter?: MadeAfterSlot;
  /** The remembered browser whose next token went out with this login, until it comes back. */
  readonly unconfirmedBrowser?: string;
  readonly host?: HostLoginSlot;
}

/** Some fields of a slot; `undefined` is none. */
export type SlotChange = { readonly [Key in keyof MfaSlot]?: MfaSlot[Key] | undefined };

declare module 'express-session' {
  interface SessionData {
    /** The slot as text: express-session goes through every value of a session several times a request. */
    mfa?: string;
    returnTo?: string;
  }
}

const EMPTY: MfaSlot = {};

export function readSlot(req: Request): MfaSlot {
  const { mfa: text } = requireSession(req);
  if (text === undefined) return EMPTY;
  const state = stateOf(req);
  if (state.slot?.text === text) return state.slot.slot;
  const slot = parseSlot(text);
  state.slot = { text, slot };
  return slot;
}

/** The same where a session is about to go: one that is missing or cannot be read says nothing. */
export function findSlot(req: Request): MfaSlot {
  try {
    return readSlot(req);
  } catch {
    return EMPTY;
  }
}

export function writeSlot(req: Request, slot: MfaSlot): void {
  keepText(req, writeSlotText(slot));
}

/** Changes some fields and keeps the rest; `undefined` removes a field. */
export function updateSlot(req: Request, change: SlotChange): void {
  keepText(req, writeSlotText({ ...readSlot(req), ...change }));
}

function keepText(req: Request, text: string): void {
  const session = requireSession(req);
  if (session.mfa === text) return;
  session.mfa = text;
  markUnstored(req);
}

/** The session was changed, and what is answered next may rest on that. */
export function markUnstored(req: Request): void {
  stateOf(req).unstoredIn = req.sessionID;
}

/** A request without a session object says nothing about the visitor, so nothing is let through. */
export function requireSession(req: Request): NonNullable<Request['session']> {
  const session: Request['session'] | undefined = req.session;
  if (session === undefined || session === null) {
    throw new MfaError(
      'session-missing',
      'There is no req.session. Put mfa.sessions() or express-session before the MFA middleware, and check that its store is up.',
    );
  }
  return session;
}

/** A session that the browser keeps has no id, cannot be ended, and is brought back by whoever kept the cookie. */
export function requireSessionId(req: Request): void {
  const session = requireSession(req);
  if (typeof req.sessionID === 'string' && typeof session.save === 'function') return;
  throw new MfaError(
    'session-missing',
    'req.session has no id, as with cookie-session, which keeps the session in the browser, where it cannot be ended. Put mfa.sessions() or express-session in its place.',
  );
}
