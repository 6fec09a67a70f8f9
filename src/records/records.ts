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

export interface MemberRecord {
  readonly userId: string;
  readonly organizationId: string;
  /** Null until the first login, and after the record was lost. */
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
  readonly passwordChangedAt?: number;
  readonly settings: MemberSettings;
  readonly authenticators: readonly Authenticator[];
  readonly askedFirst: string | null;
  readonly recoveryCodesLeft: number;
  /** When the set of recovery codes was created. Stays after all are used; null if there is none. */
  readonly recoveryCodesIssuedAt: number | null;
  readonly guesses: Readonly<Record<GuessGroup, GuessCounter>>;
  /** By kind. A kind may be missing if its address on file was never used. */
  readonly onFile: Readonly<Record<FactorKind, OnFileUse>>;
  /** The newest one, even if its time is over. */
  readonly spentChannel: SpentChannel | null;
}

export interface PolicyRecord {
  readonly policy: Policy;
  /** Null until the organization's first login, and after the record was lost. */
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
}

/** Ends sessions: those with another epoch, and those without an epoch that started before `endedAt`. */
export interface SessionsEnd {
  readonly epoch: string;
  readonly endedAt: number;
  readonly passwordChanged?: true;
}

/** A stored recovery code. A submitted code includes the number, so only one hash is computed per attempt. */
export interface RecoveryCodeRecord {
  readonly number: number;
  readonly codeHash: string;
}

export interface RecoveryCodeSet {
  readonly codes: readonly RecoveryCodeRecord[];
  readonly issuedAt: number;
}

/** How to store a new authenticator, and the state of the member that it requires. */
export interface Binding {
  readonly replaces?: string;
  /** The epoch and the number of authenticators when the enrollment was authorized. */
  readonly expected: { readonly epoch: string; readonly authenticators: number };
  /** Replaces the existing set. */
  readonly recoveryCodes?: RecoveryCodeSet;
}

/**
 * The data that must survive. Losing it must never let anybody in: absent epochs end sessions.
 *
 * Every method rejects with `MfaError` `store-unavailable` if the store does not answer within a limited time, and with
 * `records-unreadable` if the stored data does not match its schema. A rejected call may or may not have taken effect. Instants
 * come from the caller's clock. Ids are the host's, and can be any string.
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
  /** One read. An unknown user has the empty record: no epoch, no settings, nothing enrolled. */
  findMember(userId: string, organizationId: string): Promise<MemberRecord>;

  /** Reads several members in the given order, in one round trip. */
  findMembers(userIds: readonly string[], organizationId: string): Promise<readonly MemberRecord[]>;

  /** One read. An organization that never saved a policy has the default one, which is off. */
  findPolicy(organizationId: string): Promise<PolicyRecord>;

  /**
   * Saves the policy if the stored version is `expectedVersion` (0: none saved), and increments the version. Atomic: of two calls
   * with the same expected version, one gets `conflict` with the current policy, and writes nothing.
   */
  savePolicy(
    policy: Policy,
    expectedVersion: number,
  ): Promise<
    | { readonly outcome: 'saved'; readonly policy: Policy }
    | { readonly outcome: 'conflict'; readonly current: Policy }
  >;

  /** Atomic: all callers get the same epoch. */
  establishUserEpoch(userId: string, candidate: string): Promise<string>;
  establishOrganizationEpoch(organizationId: string, candidate: string): Promise<string>;

  /** Ends every session, pending login and challenge of the user, with one write. */
  replaceUserEpoch(userId: string, end: SessionsEnd): Promise<void>;
  /** For a session that ends the others and continues with the new epoch. Atomic. False if all were ended in between. */
  renewUserEpoch(userId: string, renewal: SessionsEnd & { readonly expected: string }): Promise<boolean>;
  /** Only ends sessions without an epoch that started before `endedAt`. */
  noteSessionsEnded(userId: string, endedAt: number): Promise<void>;
  noteSpentChannel(userId: string, spent: SpentChannel): Promise<void>;
  /** Ends every session and pending login of the organization, with one write. */
  replaceOrganizationEpoch(organizationId: string, end: SessionsEnd): Promise<void>;

  /** Keeps skips and exemption. Kinds on file are assigned again: counts are cleared unless `keepsCounts`. Atomic. */
  saveMemberSettings(
    userId: string,
    organizationId: string,
    settings: Pick<MemberSettings, 'enabled' | 'assignedKind'>,
    options?: { readonly keepsCounts: boolean },
  ): Promise<void>;
  saveExemption(userId: string, organizationId: string, exemption: Exemption | null): Promise<void>;

  /** Counts one skip unless `limit` is reached (null: no limit). Atomic: parallel calls never exceed the limit. */
  spendSkip(
    userId: string,
    organizationId: string,
    limit: number | null,
  ): Promise<{ readonly outcome: 'spent'; readonly skipsUsed: number } | { readonly outcome: 'exhausted' }>;

  /** With `replaces`, removes the old one in the same atomic step; if it was preferred, the new one is. */
  addAuthenticator(userId: string, authenticator: Authenticator, replaces?: string): Promise<void>;
  /** Also stores its new recovery codes. Atomic: of several concurrent enrollments that expect the same state, one succeeds. */
  bindAuthenticator(userId: string, authenticator: Authenticator, binding: Binding): Promise<boolean>;
  /** Unless this `ref` was imported before (even if removed since), or the owner has set up one of the kind. Atomic. */
  importAuthenticator(
    userId: string,
    authenticator: Authenticator,
    source: { readonly ref: string; readonly dryRun: boolean },
  ): Promise<ImportOutcome>;
  /** False if there is no authenticator with that id. */
  renameAuthenticator(userId: string, authenticatorId: string, label: string): Promise<boolean>;
  /** Replaces a sealed secret. False if `expected` is no longer what is stored. Atomic. */
  resealAuthenticator(
    userId: string,
    authenticatorId: string,
    seal: { readonly expected: string; readonly sealed: string },
  ): Promise<boolean>;
  /** Stores which authenticator is asked for first, until it is removed. False if there is none with that id. Atomic. */
  savePreference(userId: string, authenticatorId: string): Promise<boolean>;
  /**
   * The last one takes the recovery codes and counts with it. Atomic: with `keepOneOf`, of two authenticators that each require
   * the other to remain, only one can be removed.
   */
  removeAuthenticator(
    userId: string,
    authenticatorId: string,
    keepOneOf?: readonly string[],
  ): Promise<AuthenticatorRemoval>;
  /** Also removes recovery codes, remembered browsers, counts and uses of an address on file. Atomic. */
  removeAllAuthenticators(userId: string): Promise<number>;

  /** With `expectedEpoch`: false if the epoch has changed or no authenticator is left. Atomic. */
  replaceRecoveryCodes(
    userId: string,
    codes: readonly RecoveryCodeRecord[],
    issuedAt: number,
    expectedEpoch?: string,
  ): Promise<boolean>;
  findRecoveryCode(userId: string, number: number): Promise<RecoveryCodeRecord | undefined>;
  /** Removes the code if the stored one is unchanged, and clears the count of its group. Atomic: true exactly once. */
  consumeRecoveryCode(userId: string, code: RecoveryCodeRecord): Promise<boolean>;

  /** Only one person may have it. Another person's claim is valid while `isHeld` is true for one of their authenticators. */
  claimKey(userId: string, key: string, isHeld: (authenticator: Authenticator) => boolean): Promise<boolean>;
  /** The person who claimed a key and has an authenticator for which `isHeld` is true. */
  findKeyOwner(key: string, isHeld: (authenticator: Authenticator) => boolean): Promise<string | undefined>;

  /** Problems with the store's own settings, for records that must survive: one sentence each, with the fix. */
  findWeaknesses(): Promise<readonly string[]>;
}
