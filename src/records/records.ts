import type { SpentChannel } from '../core/address/destination';
import type { Authenticator, GuessGroup, OnFileUse } from '../core/member/authenticator';
import type { AuthenticatorRemoval, ImportOutcome } from '../core/member/authenticator-rules';
import type { FactorKind } from '../core/member/factor-kind';
import type { GuessCounter } from '../core/member/guess-counter';
import type { Exemption, MemberSettings } from '../core/member/member';
import type { Policy } from '../core/policy/policy';
import type { EventStore } from '../stores/event-store';
import type { JobRecords } from './background-jobs';
import type { ErasureRecords } from './erasure-records';
import type { MemberIndexRecords } from './member-index';
import type { BrowserRecords, GuessRecords } from './person-records';
import type { NoticeRecords, WebhookRecords } from './queue-records';

export type { BrowserUse, BrowserUseOutcome } from './person-records';
export type { GuessOutcome, GuessRequest } from './person-records';

/** Everything that is recorded about one user, seen as a member of one organization. */
export interface MemberRecord {
  readonly userId: string;
  readonly organizationId: string;
  /** Null until the first login, and after the record was lost. */
  readonly epoch: string | null;
  /** When sessions of the user were ended last; null where they never were. */
  readonly sessionsEndedAt: number | null;
  /** When the app said last that the user chose a new password. */
  readonly passwordChangedAt?: number;
  readonly settings: MemberSettings;
  readonly authenticators: readonly Authenticator[];
  /** The authenticator that the person wants to be asked first, or null. */
  readonly askedFirst: string | null;
  readonly recoveryCodesLeft: number;
  /** When the set of codes was made, also once all are used; null where there is none. */
  readonly recoveryCodesIssuedAt: number | null;
  readonly guesses: Readonly<Record<GuessGroup, GuessCounter>>;
  /** By kind; a kind whose address on file was never asked may be missing. */
  readonly onFile: Readonly<Record<FactorKind, OnFileUse>>;
  /** The newest that was noted, whether or not its time is over. */
  readonly spentChannel: SpentChannel | null;
}

export interface PolicyRecord {
  readonly policy: Policy;
  /** Null until the organization's first login, and after the record was lost. */
  readonly epoch: string | null;
  /** When the organization's sessions were ended last; null where they never were. */
  readonly sessionsEndedAt: number | null;
}

/** Ends sessions: those that carry another epoch, and those without one that began before `endedAt`. */
export interface SessionsEnd {
  readonly epoch: string;
  readonly endedAt: number;
  /** They end because the user chose a new password. */
  readonly passwordChanged?: true;
}

/** A recovery code as stored: its number selects it, so that one try costs one hash. */
export interface RecoveryCodeRecord {
  readonly number: number;
  readonly codeHash: string;
}

export interface RecoveryCodeSet {
  readonly codes: readonly RecoveryCodeRecord[];
  readonly issuedAt: number;
}

/** What an enrollment binds, and on what ground. */
export interface Binding {
  readonly replaces?: string;
  /** The epoch, and the number of authenticators, as they were when the enrollment was judged. */
  readonly expected: { readonly epoch: string; readonly authenticators: number };
  /** Takes the place of the set there was. */
  readonly recoveryCodes?: RecoveryCodeSet;
}

/**
 * What must survive. Losing it must never let anybody in: absent epochs end sessions.
 *
 * Every method rejects with `MfaError` `store-unavailable` when the store does not answer in a bounded time, and with
 * `records-unreadable` when what it holds is not what was written. A rejected call may or may not have taken effect.
 * Instants are the caller's clock. Ids are the host's, any string.
 */
export interface Records
  extends
    BrowserRecords,
    GuessRecords,
    MemberIndexRecords,
    JobRecords,
    EventStore,
    NoticeRecords,
    ErasureRecords,
    WebhookRecords {
  /** One read. A user who was never seen has the empty record: no epoch, no settings, nothing enrolled. */
  findMember(userId: string, organizationId: string): Promise<MemberRecord>;

  /** The same for a page of members, in the order asked, in one round trip. */
  findMembers(userIds: readonly string[], organizationId: string): Promise<readonly MemberRecord[]>;

  /** One read. An organization that never saved a policy has the default one, which is off. */
  findPolicy(organizationId: string): Promise<PolicyRecord>;

  /**
   * Saves the policy if its stored version is `expectedVersion` (0 for none), and numbers it one higher.
   * Atomic: of two calls with the same expected version one gets `conflict` with the current policy, and nothing is written.
   */
  savePolicy(
    policy: Policy,
    expectedVersion: number,
  ): Promise<
    | { readonly outcome: 'saved'; readonly policy: Policy }
    | { readonly outcome: 'conflict'; readonly current: Policy }
  >;

  /** The user's epoch, made from `candidate` where there is none. Atomic: all callers get the same. */
  establishUserEpoch(userId: string, candidate: string): Promise<string>;
  establishOrganizationEpoch(organizationId: string, candidate: string): Promise<string>;

  /** Ends every session, pending login and challenge of the user, by one write. */
  replaceUserEpoch(userId: string, end: SessionsEnd): Promise<void>;
  /**
   * The same, if `expected` is the current epoch: for a session that ends the others and goes on with the new epoch. Atomic;
   * false, and nothing written, where somebody else has ended the sessions meanwhile, this one included.
   */
  renewUserEpoch(userId: string, renewal: SessionsEnd & { readonly expected: string }): Promise<boolean>;
  /** Ends the sessions that carry no epoch and began before `endedAt`, and no others. */
  noteSessionsEnded(userId: string, endedAt: number): Promise<void>;
  /** Remembers a channel of the user; it takes the place of the one before. */
  noteSpentChannel(userId: string, spent: SpentChannel): Promise<void>;
  /** Ends every session and pending login of the organization, by one write. */
  replaceOrganizationEpoch(organizationId: string, end: SessionsEnd): Promise<void>;

  /**
   * Replaces the two settings and leaves skips and exemption alone. Where they change, the kinds on file are bound anew: their
   * counts and disablement end, unless `keepsCounts`. Atomic.
   */
  saveMemberSettings(
    userId: string,
    organizationId: string,
    settings: Pick<MemberSettings, 'enabled' | 'assignedKind'>,
    options?: { readonly keepsCounts: boolean },
  ): Promise<void>;
  /** Null ends it. */
  saveExemption(userId: string, organizationId: string, exemption: Exemption | null): Promise<void>;

  /** Counts one skip unless `limit` (null for none) is reached. Atomic: parallel calls never exceed the limit. */
  spendSkip(
    userId: string,
    organizationId: string,
    limit: number | null,
  ): Promise<{ readonly outcome: 'spent'; readonly skipsUsed: number } | { readonly outcome: 'exhausted' }>;

  /**
   * Adds a confirmed authenticator. With `replaces`, the old one goes in the same atomic step, and the new one is asked
   * first where the old one was.
   */
  addAuthenticator(userId: string, authenticator: Authenticator, replaces?: string): Promise<void>;
  /**
   * The same for one that was proven just now, with the recovery codes that were made for it, if nothing changed since its owner was
   * judged. Atomic: of several that were judged alike one is bound. False, and nothing written, otherwise.
   */
  bindAuthenticator(userId: string, authenticator: Authenticator, binding: Binding): Promise<boolean>;
  /**
   * Adds an authenticator from another system, unless one of this `ref` was imported before, even if it is gone by now, or its owner
   * has set one of the kind up here. With `dryRun` nothing is written. Atomic.
   */
  importAuthenticator(
    userId: string,
    authenticator: Authenticator,
    source: { readonly ref: string; readonly dryRun: boolean },
  ): Promise<ImportOutcome>;
  /** False where there is none of that id. */
  renameAuthenticator(userId: string, authenticatorId: string, label: string): Promise<boolean>;
  /** Re-seals a secret; false where `expected` is no longer what is stored. Atomic. */
  resealAuthenticator(
    userId: string,
    authenticatorId: string,
    seal: { readonly expected: string; readonly sealed: string },
  ): Promise<boolean>;
  /** Remembers which one is asked first, until that one goes. False where there is none of that id. Atomic. */
  savePreference(userId: string, authenticatorId: string): Promise<boolean>;
  /**
   * Removes an authenticator. Removing the last one also removes the recovery codes and the counters. With `keepOneOf`, nothing is removed
   * where none of these is there: `last-factor`. Atomic: of two that keep each other only one can be removed, however many
   * calls run in parallel.
   */
  removeAuthenticator(
    userId: string,
    authenticatorId: string,
    keepOneOf?: readonly string[],
  ): Promise<AuthenticatorRemoval>;
  /** Removes every authenticator, recovery code, remembered browser, counter and use of an address on file of the user, and returns how many authenticators. Atomic. */
  removeAllAuthenticators(userId: string): Promise<number>;

  /**
   * Replaces the whole set. With `expectedEpoch`, for a person in a session: false, and nothing written, where the epoch is another one
   * by now, or no authenticator is left. Atomic.
   */
  replaceRecoveryCodes(
    userId: string,
    codes: readonly RecoveryCodeRecord[],
    issuedAt: number,
    expectedEpoch?: string,
  ): Promise<boolean>;
  findRecoveryCode(userId: string, number: number): Promise<RecoveryCodeRecord | undefined>;
  /** Removes the code if it is still that one, and clears its group's counter. Atomic: true exactly once. */
  consumeRecoveryCode(userId: string, code: RecoveryCodeRecord): Promise<boolean>;

  /**
   * Takes a key, such as the id of a credential, for one person over all. False where another person has it: a claim counts while
   * `isHeld` is true of one of its owner's authenticators.
   */
  claimKey(userId: string, key: string, isHeld: (authenticator: Authenticator) => boolean): Promise<boolean>;
  /** The person who has claimed a key and holds what it stands for. */
  findKeyOwner(key: string, isHeld: (authenticator: Authenticator) => boolean): Promise<string | undefined>;

  /** What is wrong with the store's own settings for records that must survive: one sentence each, with the fix. */
  findWeaknesses(): Promise<readonly string[]>;
}
