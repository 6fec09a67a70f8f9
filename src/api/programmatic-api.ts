import type { FactorKind } from '../core/member/factor-kind';
import type { Exemption, MemberSettings } from '../core/member/member';
import type { Policy } from '../core/policy/policy';
import type { Adoption } from '../flows/admin/adoption';
import type { ProtectedElsewhere } from '../flows/admin/admin-authority';
import type { MemberExplanation } from '../flows/admin/explain-member';
import type { NotFound } from '../flows/admin/member-acts';
import type { MemberDetail } from '../flows/admin/member-detail';
import type { ReminderRefused } from '../flows/admin/remind-member';
import type { MemberFilter, MemberPage } from '../flows/admin/member-list';
import type { ResealProgress, ResealRequest } from '../flows/authenticators/reseal-all';
import type { FirstFactorChannel } from '../flows/context/first-factor-channels';
import type { SessionEntry } from '../stores/state-store';
import type { AuthenticatorsApi } from './authenticators-api';
import type { BulkApi } from './bulk-api';
import type { ChallengesApi } from './challenges-api';
import type { ActorOptions, HostId, MemberId } from './host-actor';

/** `reason` is stored with the event. */
export interface EndSessionsOptions extends ActorOptions {
  readonly reason?: string;
}

export interface SavePolicyOptions extends ActorOptions {
  /** The version that the change is based on. If the current version differs, nothing is saved: `conflict`. */
  readonly expectedVersion?: number;
}

export type PolicySaved =
  | { readonly outcome: 'saved'; readonly policy: Policy }
  /** Another save came first, and nothing was written. */
  | { readonly outcome: 'conflict'; readonly current: Policy };

export interface PoliciesApi {
  /** The policy in force; the default one if none was saved. */
  get(organizationId: HostId): Promise<Policy>;
  /**
   * Changes some rules and keeps the others. It takes effect with the next request of each member. You can pass the result of
   * `get`; its `version` is then used as `expectedVersion`.
   * @throws ConfigurationError with `faults` if nobody could meet the policy; with `because: 'would-lock-you-out'` if the actor
   * could no longer sign in. Nothing is saved then.
   */
  save(organizationId: HostId, change: Partial<Policy>, options?: SavePolicyOptions): Promise<PolicySaved>;
  /** Ends every session of the organization, with one write. */
  endAllSessions(organizationId: HostId, options?: EndSessionsOptions): Promise<void>;
}

/** A member and the actor. */
export interface MemberName extends MemberId, ActorOptions {}

/** You can pass the result of `get`. `skipsUsed` and `exemption` cannot be changed here and must equal the stored values. */
export interface MemberSettingsChange extends Partial<MemberSettings> {
  readonly enabled: boolean;
  /** The assigned kind. Omitted or null: any kind that the policy allows. */
  readonly assignedKind?: FactorKind | null;
}

/** You can pass an earlier exemption; `grantedBy` and `grantedAt` are replaced by those of this call. */
export interface ExemptionRequest extends Partial<Exemption> {
  readonly reason: string;
  /** Epoch milliseconds; at most ten years ahead. */
  readonly until: number;
}

/**
 * The actions of a member's page for administrators, with the same checks, events and notices. `not-found`: the user table does
 * not have the person in the organization, and nothing was done.
 */
export interface MembersApi extends BulkApi {
  /** Null if the user table does not have the person in the organization. */
  get(member: MemberName): Promise<MemberSettings | null>;
  /** @throws ConfigurationError if the policy does not allow the kind, or the actor disables MFA for themselves. */
  save(member: MemberName, settings: MemberSettingsChange): Promise<{ readonly outcome: 'saved' } | NotFound>;
  /**
   * Exempts a member, or extends an exemption. @throws ConfigurationError if the end is past or too far ahead, or the actor
   * exempts themselves.
   */
  exempt(
    member: MemberName & { readonly actorId: HostId },
    exemption: ExemptionRequest,
  ): Promise<{ readonly outcome: 'granted'; readonly exemption: Exemption } | NotFound>;
  /**
   * A page of an organization's members with the state of each: methods, exemption, lock. Without a filter, in the order of the
   * user table.
   * @throws ConfigurationError if `users.list` is missing.
   * @example
   * const { members } = await mfa.members.list({ organizationId: 'acme', filter: 'not-configured' });
   */
  list(request?: MemberListRequest): Promise<MemberPage>;
  /**
   * The content of a member's page for administrators: methods, lock, exemption, sessions and the newest events. Null if the
   * user table does not have the person in the organization.
   */
  describe(member: MemberName): Promise<MemberDetail | null>;
  /**
   * The decision of the policy about the person right after the first factor, and the verdict of each rule. With
   * `maxAgeSeconds`, the decision for a route with `requireStepUp`. Changes nothing.
   * @example
   * const { decision, verdicts } = await mfa.members.explain({ userId: user.id });
   */
  explain(member: MemberName, options?: ExplainOptions): Promise<MemberExplanation | null>;
  /**
   * How many members of an organization have a factor, of which kinds, and what needs attention. The numbers come from counters
   * that are complete when `counting` is null.
   * @throws ConfigurationError if `users.list` is missing.
   */
  report(request?: ReportRequest): Promise<Adoption>;
  /**
   * Asks a member by email to set up a method, at most once in 24 hours. `refused`: there is nothing to set up, there is no
   * address, or the member was reminded already.
   */
  remind(member: MemberName): Promise<{ readonly outcome: 'reminded' } | ReminderRefused | NotFound>;
  endExemption(
    member: MemberName,
    options?: EndExemptionOptions,
  ): Promise<{ readonly outcome: 'ended' } | NotFound>;
  /**
   * Removes every authenticator, ends the sessions, and notifies the person by email. `refused`, with nothing done, if the
   * person is also in another organization with MFA on, which the factors protect; `everywhere` resets them anyway.
   */
  reset(
    member: MemberName,
    options: ResetOptions,
  ): Promise<{ readonly outcome: 'reset'; readonly removed: number } | ProtectedElsewhere | NotFound>;
  /** Ends a lock after wrong codes. `refused` and `everywhere` mean the same as in `reset`. */
  unlock(
    member: MemberName,
    options?: UnlockOptions,
  ): Promise<{ readonly outcome: 'unlocked' } | ProtectedElsewhere | NotFound>;
}

export interface MemberListRequest {
  /** Default `default`. */
  readonly organizationId?: HostId;
  /** Default `all`. */
  readonly filter?: MemberFilter;
  /** Searches names and addresses with `users.list`. */
  readonly query?: string;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string;
  /** 1 to 200; default 50. A page may have fewer members and still have a next page. */
  readonly limit?: number;
}

export interface ExplainOptions {
  /** As in `requireStepUp({ maxAgeSeconds })`. Default: only the requirement of the policy. */
  readonly maxAgeSeconds?: number;
}

export interface ReportRequest {
  /** Default `default`. */
  readonly organizationId?: HostId;
}

export interface EndExemptionOptions {
  /** Stored with the event. */
  readonly reason?: string;
}

export interface UnlockOptions {
  /** Stored with the event. */
  readonly reason?: string;
  /** True if your code acts for every organization that the person is in. Default false. */
  readonly everywhere?: boolean;
}

export interface ResetOptions extends UnlockOptions {
  readonly reason: string;
}

/** A session that has not ended. */
export type LiveSession = Omit<SessionEntry, 'epochs'>;

export interface SessionsOfUserApi {
  /** The most recently used session comes first. */
  list(): Promise<readonly LiveSession[]>;
  /** False if the user has no such session. */
  end(handle: string, options?: ActorOptions): Promise<boolean>;
  /** Ends every session, pending login and challenge of the user, with one write. */
  endAll(options?: EndSessionsOptions): Promise<void>;
}

export interface ResealOptions extends Partial<Pick<ResealRequest, 'cursor' | 'batchSize' | 'onBatch'>> {
  /** Default `default`. */
  readonly organizationId?: HostId;
  readonly userIds?: Iterable<HostId> | AsyncIterable<HostId>;
}

/**
 * The functions that hosts call from their own code. They run the same checks, events and emails as the pages. A missing,
 * unknown or wrongly typed argument, and everything that the page would refuse, rejects with {@link ConfigurationError} before
 * anything is done. Only outcomes that the caller could not foresee are results: `conflict`, `not-found`.
 */
export interface ProgrammaticApi {
  readonly policies: PoliciesApi;
  readonly members: MembersApi;
  readonly authenticators: AuthenticatorsApi;
  readonly challenges: ChallengesApi;
  /** The sessions of one user. */
  sessionsOf(userId: HostId): SessionsOfUserApi;
  /**
   * Records that a person chose a new password by a link or code sent to this address. For one hour, a code sent to that
   * address is not a second factor for them, in any browser. `recordFirstFactor` records it only for the browser of the
   * request.
   * @example
   * await mfa.recordPasswordReset(user.id, { channel: 'email', address: user.email });
   */
  recordPasswordReset(userId: HostId, channel: FirstFactorChannel): Promise<void>;
  /** @deprecated Renamed to `recordPasswordReset`; removed in the next release. */
  notePasswordReset(userId: HostId, channel: FirstFactorChannel): Promise<void>;
  /**
   * Encrypts every secret and address again with the first key, so that an older key can be removed from `keys`. It covers all
   * users that `users.list` returns for the organization, or the given `userIds`. It can run while the app is in use, and can
   * be resumed from the last cursor that `onBatch` received.
   * @example
   * await mfa.resealAll({ organizationId: 'acme', onBatch: ({ users, resealed }) => console.log(users, resealed) });
   */
  resealAll(request?: ResealOptions): Promise<ResealProgress>;
  /**
   * Creates or updates the tables of the record store. Run it before the app starts. `no-tables`: the record store, such as
   * Redis, has no tables.
   */
  migrate(): Promise<{ readonly outcome: 'migrated' | 'no-tables' }>;
  /** The SQL that `migrate` runs on an empty database; null if the record store has no tables. */
  migrationSql(): string | null;
}
