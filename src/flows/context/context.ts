import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../../core/proof/key-ring';
import type { Delivery } from '../../delivery/delivery';
import type { ClockWatch } from '../../events/advice';
import type { EventRecorder } from '../../events/event-recorder';
import type { BoundWayIn, FactorRegistry } from '../../factors/find-factor';
import type { Directory } from '../../options/directory';
import type { ResolvedOptions } from '../../options/resolved-options';
import type { Account, Clock } from '../../options/ports';
import type { Records } from '../../records/records';
import type { StateStore } from '../../stores/state-store';
import type { EnrollmentNotes } from '../enrollment/enrollment-notes';
import type { BackgroundWork } from './background-work';

/** The options without the host's own user type, which only the directory knows. */
export type FlowOptions = Omit<ResolvedOptions, 'users' | 'account' | 'userId'>;

/** The administrators of an organization, where the host can name them. They get an email when one of them is reset or exempted. */
export type AdministratorsOf = (organizationId: string) => Promise<readonly Account[]>;

/** Everything a flow works with; wired once. */
export interface FlowContext {
  readonly options: FlowOptions;
  readonly clock: Clock;
  readonly records: Records;
  readonly state: StateStore;
  readonly keyRing: KeyRing;
  readonly factors: FactorRegistry;
  /** How people sign in without a password; null where the host did not switch it on. */
  readonly wayIn: BoundWayIn | null;
  readonly delivery: Delivery;
  readonly directory: Directory;
  readonly events: EventRecorder;
  readonly background: BackgroundWork;
  readonly clocks: ClockWatch;
  readonly enrollmentNotes: EnrollmentNotes;
  /** What each `adminPages` of the host names as administrators; none where it cannot name them. */
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

/** 72 random bits: unique, for values that are no secret, such as an epoch or the handle of a session. */
export function newHandle(): string {
  return randomBytes(9).toString('base64url');
}
