import { createHash, randomBytes } from 'node:crypto';
import type { Evidence } from '../../core/decision/assurance';
import type { Epochs } from '../../core/decision/session-lifetime';
import type { FactorKind } from '../../core/member/factor-kind';
import type { KeyRing } from '../../core/proof/key-ring';
import type { Delivery } from '../../delivery/delivery';
import type { ClockWatch } from '../../events/advice';
import type { EventRecorder } from '../../events/event-recorder';
import type { MfaEvent } from '../../events/events';
import type { BoundWayIn, FactorRegistry } from '../../factors/find-factor';
import type { Directory } from '../../options/directory';
import type { Account, Clock } from '../../options/ports';
import type { ResolvedOptions } from '../../options/resolved-options';
import type { Records } from '../../records/records';
import type { ChallengeOwner, ChallengePurpose, StateStore } from '../../stores/state-store';
import type { EnrollmentNotes } from '../enrollment/enrollment-notes';
import type { BackgroundWork } from './background-work';

/** The options without the host's user type, which only the directory knows. */
export type FlowOptions = Omit<ResolvedOptions, 'users' | 'account' | 'userId'>;

/** The administrators get an email when one of them is reset or exempted. */
export type AdministratorsOf = (organizationId: string) => Promise<readonly Account[]>;

export interface FlowContext {
  readonly options: FlowOptions;
  readonly clock: Clock;
  readonly records: Records;
  readonly state: StateStore;
  readonly keyRing: KeyRing;
  readonly factors: FactorRegistry;
  /** How people sign in without a password; null if the host did not enable it. */
  readonly wayIn: BoundWayIn | null;
  readonly delivery: Delivery;
  readonly directory: Directory;
  readonly events: EventRecorder;
  readonly background: BackgroundWork;
  readonly clocks: ClockWatch;
  readonly enrollmentNotes: EnrollmentNotes;
  /** One entry for each `adminPages` of the host that can name its administrators. */
  readonly administrators: AdministratorsOf[];
}

/** Where a request came from, for events and notices. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

/** 128 random bits: an id that cannot be guessed (ASVS 11.5.1). */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}

/** 72 random bits: unique, for values that are not secret, such as an epoch or the handle of a session. */
export function newHandle(): string {
  return randomBytes(9).toString('base64url');
}

/** The factor that was last asked for, as stored in the session. Only a hint: it is checked again before use. */
export interface ChallengeHint {
  readonly purpose: ChallengePurpose;
  readonly kind: FactorKind;
  readonly authenticatorId: string;
}

interface SubjectBase {
  readonly userId: string;
  readonly organizationId: string;
  /** The id of the pending login, or the handle of the session. */
  readonly ownerId: string;
  readonly epochs: Epochs;
  readonly startedAt: number;
  readonly challengeHint: ChallengeHint | null;
}

export type AuthSubject =
  | (SubjectBase & { readonly phase: 'pending'; readonly expiresAt: number })
  | (SubjectBase & {
      readonly phase: 'session';
      readonly evidence: readonly Evidence[];
      readonly seenAt: number;
      readonly skipped: boolean;
    });

export function challengeOwner(subject: AuthSubject, purpose: ChallengePurpose): ChallengeOwner {
  return { userId: subject.userId, ownerId: subject.ownerId, purpose };
}

/** The field that links the events of one login; empty for events of a session. */
export type LoginField = Pick<MfaEvent, 'loginId'>;

/** A hash, because hosts use the id itself as `challengeId`, and anyone who has it can submit answers. */
export function loginOf(ownerId: string): LoginField {
  return { loginId: createHash('sha256').update(ownerId).digest('base64url').slice(0, 16) };
}

export function loginOfChallenge({
  purpose,
  ownerId,
}: Pick<ChallengeOwner, 'purpose' | 'ownerId'>): LoginField {
  return purpose === 'login' ? loginOf(ownerId) : {};
}

export function loginOfSubject({ phase, ownerId }: Pick<AuthSubject, 'phase' | 'ownerId'>): LoginField {
  return phase === 'pending' ? loginOf(ownerId) : {};
}

/** The values of the session to create when the decision allows it. */
export interface SessionGrant {
  readonly userId: string;
  readonly organizationId: string;
  readonly evidence: readonly Evidence[];
  readonly epochs: Epochs;
  readonly startedAt: number;
  readonly skipped: boolean;
  readonly expiresAt: number;
  /** The pending login or older handle that this replaces. */
  readonly replaces: string | null;
  /** The older handle continues as this session. If the older session was ended in between, this one never starts. */
  readonly continues?: true;
}

export function continueGrant(
  subject: AuthSubject,
  proven: { readonly evidence: readonly Evidence[]; readonly expiresAt: number },
): SessionGrant {
  const { userId, organizationId, epochs, startedAt, ownerId } = subject;
  const skipped = subject.phase === 'session' && subject.skipped;
  return { userId, organizationId, epochs, startedAt, skipped, replaces: ownerId, ...proven };
}
