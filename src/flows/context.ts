import { randomBytes } from 'node:crypto';
import type { ClockWatch } from '../clock-watch';
import type { KeyRing } from '../core/key-ring';
import type { Delivery } from '../delivery/delivery';
import type { EventRecorder } from '../event-recorder';
import type { FactorRegistry } from '../factors/registry';
import type { ResolvedOptions } from '../options';
import type { Account } from '../ports';
import type { Clock } from '../ports';
import type { RecordStore } from '../stores/record-store';
import type { StateStore } from '../stores/state-store';
import type { BackgroundWork } from './background-work';
import type { EnrollmentNotes } from './enrollment-notes';

/** The host's user and what the package reads from it. */
export interface KnownUser {
  readonly user: Express.User;
  readonly account: Account;
}

/** The host's user table, as the flows see it. */
export interface Directory {
  /** Tells the host's table, where it wants to know. Flows use {@link FlowContext.enrollmentNotes}, which outlives its failures. */
  noteEnrolled(id: string, enrolled: boolean): Promise<void>;
  find(id: string): Promise<KnownUser | undefined>;
  /** Whether the table finds somebody who has just signed in. It is asked until it does; then it is believed. */
  confirm(account: Account): Promise<boolean>;
  /** The organizations that the person is in; null where the host's table does not say. */
  membershipsOf(account: Account): Promise<readonly string[] | null>;
  /** A person is in more than one organization. Tells the host, once, where its table does not say which. */
  noteSeveralOrganizations(): void;
  /** Those of the ids that the table knows, by id. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Account>>;
  /** A page of an organization's people, in the table's own order. Rejects where the host's table cannot list. */
  list(request: {
    readonly organizationId: string;
    readonly query?: string;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<{ readonly accounts: readonly Account[]; readonly nextCursor?: string }>;
  /** Undefined where the host's table does not count. */
  count(organizationId: string): Promise<number | undefined>;
  accountOf(user: Express.User): Account;
}

/** The options without the host's own user type, which only the directory knows. */
export type FlowOptions = Omit<ResolvedOptions, 'users' | 'account' | 'userId'>;

/** Everything a flow works with; wired once. */
export interface FlowContext {
  readonly options: FlowOptions;
  readonly clock: Clock;
  readonly records: RecordStore;
  readonly state: StateStore;
  readonly keyRing: KeyRing;
  readonly factors: FactorRegistry;
  readonly delivery: Delivery;
  readonly directory: Directory;
  readonly events: EventRecorder;
  readonly background: BackgroundWork;
  readonly clocks: ClockWatch;
  readonly enrollmentNotes: EnrollmentNotes;
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

/** 72 random bits: tells a thing from all others, where whoever guesses it gains nothing, as with an epoch or the handle of a session. */
export function newMark(): string {
  return randomBytes(9).toString('base64url');
}
