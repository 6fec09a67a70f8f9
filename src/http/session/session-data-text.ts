import type { Evidence } from '../../core/decision/assurance';
import type { Ends, Epochs } from '../../core/decision/session-lifetime';
import { MfaError } from '../../core/errors';
import type { EnrollableKind } from '../../core/member/factor-kind';
import { readEvidence, readInstant, writeEvidence, writeInstant } from '../../core/proof/evidence-text';
import { decodeId, encodeId } from '../../core/text/encoded-id';
import type { ChallengeHint } from '../../flows/context/auth-subject';

/*
 * The slot as text: the grant as short fields behind spaces, a bar, and JSON of the rest where there is any. express-session
 * writes and hashes every session several times a request, and quotes within quotes make that slow.
 */
const BAR = '|';

export function formatSessionData({ session, ...rest }: SessionDataChange): string {
  const others = JSON.stringify(rest);
  const grant = session === undefined ? '' : writeGrant(session);
  return others === '{}' ? grant : grant + BAR + others;
}

/** Throws on what `formatSessionData` did not write. */
export function parseSessionData(text: string): MfaSessionData {
  const bar = text.indexOf(BAR);
  const rest: Omit<MfaSessionData, 'session'> | null = bar < 0 ? {} : JSON.parse(text.slice(bar + 1));
  if (typeof rest !== 'object' || rest === null) throw unreadable();
  const grant = bar < 0 ? text : text.slice(0, bar);
  return grant === '' ? rest : { ...rest, session: readGrant(grant) };
}

function writeGrant(session: SessionClaims): string {
  const { userId, handle, userEpoch, grantedIn, organizationEpochs, startedAt, seenAt, evidence, skipped } =
    session;
  const organizations = organizationEpochs.map(([id, epoch]) => `${encodeId(id)}:${encodeId(epoch)}`);
  return [
    encodeId(userId),
    encodeId(handle),
    encodeId(userEpoch),
    encodeId(grantedIn),
    organizations.join(','),
    writeInstant(startedAt),
    writeInstant(seenAt),
    writeEvidence(evidence),
    skipped ? 's' : '-',
  ].join(' ');
}

function readGrant(text: string): SessionClaims {
  const [userId, handle, userEpoch, grantedIn, organizations, started = '', seen = '', proofs, skipped] =
    text.split(' ');
  const [startedAt, seenAt] = [readInstant(started), readInstant(seen)];
  const evidence = proofs === undefined ? null : readEvidence(proofs);
  if (userId === undefined || handle === undefined || userEpoch === undefined) throw unreadable();
  if (grantedIn === undefined || organizations === undefined) throw unreadable();
  if (startedAt === null || seenAt === null) throw unreadable();
  if (evidence === null || (skipped !== 's' && skipped !== '-')) throw unreadable();
  return {
    userId: decodeId(userId),
    handle: decodeId(handle),
    userEpoch: decodeId(userEpoch),
    grantedIn: decodeId(grantedIn),
    organizationEpochs: organizations === '' ? [] : organizations.split(',').map(toPair),
    startedAt,
    seenAt,
    evidence,
    skipped: skipped === 's',
  };
}

function toPair(text: string): readonly [organizationId: string, epoch: string] {
  const [id, epoch] = text.split(':');
  if (id === undefined || epoch === undefined) throw unreadable();
  return [decodeId(id), decodeId(epoch)];
}

function unreadable(): MfaError {
  return new MfaError('records-unreadable', 'A session holds what was not written by this package.');
}

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
export interface SessionClaims {
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
export interface PendingAction {
  readonly id: string;
  readonly act: SettingsAct;
  readonly until: number;
}

/** A form of the administrators' pages that was sent without the proof it needs. */
export interface SavedForm {
  readonly id: string;
  /** The page that shows it again. */
  readonly path: string;
  /** The last part of where it was sent to. */
  readonly act: string;
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  readonly until: number;
}

/** What the host's own sign-in goes on with once the second step is done. */
export interface HostLogin {
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
export interface MfaSessionData {
  readonly csrfToken?: string;
  readonly login?: LoginSlot;
  readonly session?: SessionClaims;
  readonly asked?: ChallengeHint;
  readonly returnTo?: string;
  readonly wizard?: WizardSlot;
  readonly enrolled?: EnrolledSlot;
  /** The stored form of the link to end a lock, between opening it and the proof. */
  readonly unlock?: string;
  /** New recovery codes may wait to be seen; the state store has them. Saves looking there in every other session. */
  readonly unseenCodes?: true;
  readonly replacing?: ReplacingSlot;
  readonly pendingAction?: PendingAction;
  readonly savedForm?: SavedForm;
  /** The organization in which enrollment was put off. */
  readonly skippedIn?: string;
  /** The host's sign-up led here: protecting the account can be put off although nothing asks for it. */
  readonly onboarding?: true;
  /** Through what the visitor proved, before signing in, that an account is theirs. */
  readonly channel?: string;
  readonly madeAfter?: MadeAfterSlot;
  /** The remembered browser whose next token went out with this login, until it comes back. */
  readonly unconfirmedBrowser?: string;
  readonly host?: HostLogin;
}

/** Some fields of a slot; `undefined` is none. */
export type SessionDataChange = {
  readonly [Key in keyof MfaSessionData]?: MfaSessionData[Key] | undefined;
};
