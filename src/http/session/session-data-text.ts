import {
  readEvidence,
  readInstant,
  writeEvidence,
  writeInstant,
  type Evidence,
} from '../../core/decision/assurance';
import type { Ends, Epochs } from '../../core/decision/session-lifetime';
import { MfaError } from '../../core/errors';
import type { FactorKind } from '../../core/member/factor-kind';
import { decodeId, encodeId } from '../../core/text/host-id';
import type { ChallengeHint } from '../../flows/context/context';

/*
 * Our session data as text: the claims as short fields separated by spaces, a bar, and the rest as JSON. express-session serializes and
 * hashes every session several times per request, and nested quotes make that slow. Measured for one request (read, hashed three times,
 * written): 8 µs and 300 bytes on Node 22, 16 µs and 520 bytes as an object; on Node 26, 9 and 12 µs.
 */
const BAR = '|';

export function formatSessionData({ session, ...rest }: SessionDataChange): string {
  const others = JSON.stringify(rest);
  const grant = session === undefined ? '' : writeGrant(session);
  return others === '{}' ? grant : grant + BAR + others;
}

/** Throws if `formatSessionData` did not write the text. */
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
  const [
    userId = '',
    handle = '',
    userEpoch = '',
    grantedIn = '',
    organizations = '',
    started = '',
    seen = '',
    proofs,
    skipped,
  ] = text.split(' ');
  const [startedAt, seenAt] = [readInstant(started), readInstant(seen)];
  const evidence = proofs === undefined ? null : readEvidence(proofs);
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
  return new MfaError('records-unreadable', 'A session contains MFA data that this package did not write.');
}

/** Identifies the pending login. Passport does not read it. */
export interface PendingLoginData {
  readonly userId: string;
  readonly organizationId: string;
  readonly pendingId: string;
  readonly epochs: Epochs;
  readonly startedAt: number;
  readonly expiresAt: number;
  /** The `usernameKey` of the typed name, if the login began with a password. */
  readonly name?: string;
}

export interface SessionClaims {
  readonly userId: string;
  readonly handle: string;
  /** The first characters of the id of the session that it was granted in. */
  readonly grantedIn: string;
  readonly userEpoch: string;
  /** The epoch of every organization that the session was used in. Pairs instead of an object, because ids come from the host. */
  readonly organizationEpochs: readonly (readonly [organizationId: string, epoch: string])[];
  readonly startedAt: number;
  readonly seenAt: number;
  readonly evidence: readonly Evidence[];
  readonly skipped: boolean;
}

/** What had been ended when this session replaced an ended one. A sign-in of the host in this session is newer than that. */
export interface MadeAfterData {
  readonly userId: string;
  readonly user: Ends;
  readonly organizationId: string;
  readonly organization: Ends;
}

export interface WizardData {
  readonly kind: FactorKind;
  readonly backupPhone: 'asked' | 'done' | 'not-asked';
}

/** The last enrollment, for the success page. */
export interface EnrolledData {
  readonly kind: FactorKind;
  readonly maskedDestination: string | null;
  readonly notified: readonly string[];
  /** The number of steps of the wizard; null if the method was added in the settings. */
  readonly steps: number | null;
}

/** The authenticator that the current enrollment replaces. */
export interface ReplacingData {
  readonly authenticatorId: string;
  readonly enrollmentId: string;
}

export type SettingsAct =
  | { readonly kind: 'rename'; readonly authenticatorId: string; readonly label: string }
  | { readonly kind: 'remove'; readonly authenticatorId: string; readonly endOthers: boolean }
  | { readonly kind: 'ask-first'; readonly authenticatorId: string }
  | { readonly kind: 'new-recovery-codes' };

/** An action in the settings that waits for a proof. */
export interface PendingAction {
  readonly id: string;
  readonly act: SettingsAct;
  readonly until: number;
}

/** A form of the administrators' pages that was submitted without the proof it needs. */
export interface SavedForm {
  readonly id: string;
  readonly organizationId: string;
  /** The member that the form is about; null for one about the organization. */
  readonly userId: string | null;
  /** A fingerprint of the member's records when the form was submitted. */
  readonly seen: string | null;
  /** The route it was submitted to, as declared. For a bulk change, followed by the act. */
  readonly route: string;
  /** The page that shows it again. */
  readonly path: string;
  /** The last part of the path it was sent to. */
  readonly act: string;
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  /** True if a field was too long to be saved completely. */
  readonly cut: boolean;
  readonly until: number;
}

/** Data for the host's own sign-in after the second step. */
export interface HostLogin {
  /** The path where the host runs the strategy again. Without it, our pages sign the person in. */
  readonly resumePath?: string;
  /** The `info` of the verify callback. */
  readonly info?: unknown;
  /** The host's `req.session.returnTo`. */
  readonly returnTo?: string;
  /** The target of `successRedirect`, if it is at another origin. */
  readonly next?: string;
  /** The message of `successFlash`. */
  readonly flash?: { readonly type: string; readonly message: string };
  /** The text of `successMessage`. */
  readonly message?: string;
}

/** Everything that the package reads or writes in the session, except `returnTo`. */
export interface MfaSessionData {
  readonly csrfToken?: string;
  readonly login?: PendingLoginData;
  readonly session?: SessionClaims;
  readonly challengeHint?: ChallengeHint;
  readonly returnTo?: string;
  readonly wizard?: WizardData;
  readonly enrolled?: EnrolledData;
  /** The hash of the link to end a lock, between opening the link and the proof. */
  readonly unlock?: string;
  /** Set if the state store may hold new recovery codes that were not acknowledged. Other sessions skip that read. */
  readonly unseenCodes?: true;
  readonly replacing?: ReplacingData;
  readonly pendingAction?: PendingAction;
  readonly savedForm?: SavedForm;
  /** The organization in which enrollment was skipped. */
  readonly skippedIn?: string;
  /** Set if the person came from the host's sign-up: enrollment is offered and can be skipped. */
  readonly onboarding?: true;
  /** The channel by which the visitor proved the account before signing in. */
  readonly channel?: string;
  readonly madeAfter?: MadeAfterData;
  /** The remembered browser that got its next token with this login, until it sends that token. */
  readonly unconfirmedBrowser?: string;
  readonly host?: HostLogin;
}

/** A change of some fields; `undefined` removes one. */
export type SessionDataChange = {
  readonly [Key in keyof MfaSessionData]?: MfaSessionData[Key] | undefined;
};
