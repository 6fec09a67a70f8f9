import type { EnrollableKind } from '../core/member/factor-kind';
import type { Exemption, MemberSettings } from '../core/member/member';
import type { Policy } from '../core/policy/policy';
import type { ProtectedElsewhere } from '../flows/admin/admin-authority';
import type { NotFound } from '../flows/admin/member-acts';
import type { MemberFilter, MemberPage } from '../flows/admin/member-list';
import type { ResealProgress, ResealRequest } from '../flows/authenticators/reseal-all';
import type { FirstFactorChannel } from '../flows/context/first-factor-channels';
import type { SessionEntry } from '../stores/state-store';
import type { AuthenticatorsApi } from './authenticators-api';
import type { ChallengesApi } from './challenges-api';
import type { HostId, MemberId } from './host-actor';

/** Who acts, for the events and notices: an id of the host's user table, or any other name. The host itself by default. */
export interface ActorOptions {
  readonly actorId?: HostId;
}

export interface SavePolicyOptions extends ActorOptions {
  /** The version that the change was made from. Where another one is in force, nothing is saved: `conflict`. */
  readonly expectedVersion?: number;
}

export type PolicySaved =
  | { readonly outcome: 'saved'; readonly policy: Policy }
  /** Somebody else saved first; nothing was written. */
  | { readonly outcome: 'conflict'; readonly current: Policy };

export interface PoliciesApi {
  /** The policy in force; the default one where none was saved. */
  get(organizationId: HostId): Promise<Policy>;
  /**
   * Changes some rules and keeps the rest; holds from the next request of everybody. What `get` returned is accepted: its
   * `version` then counts as `expectedVersion`.
   * @throws ConfigurationError with `faults` where nobody could meet the policy; with `because: 'would-lock-you-out'` where the
   * actor could not sign in any more. Nothing is saved then.
   */
  save(organizationId: HostId, change: Partial<Policy>, options?: SavePolicyOptions): Promise<PolicySaved>;
  /** Ends every session of the organization, by one write. */
  endAllSessions(organizationId: HostId, options?: ActorOptions): Promise<void>;
}

/** The same, and who acts on them. */
export interface MemberName extends MemberId, ActorOptions {}

/** What `get` returned is accepted. `skipsUsed` and `exemption` cannot be changed here and must be what is stored. */
export interface MemberSettingsChange extends Partial<MemberSettings> {
  readonly enabled: boolean;
  /** The kind that is asked. Left out or null: any that the policy allows. */
  readonly assignedKind?: EnrollableKind | null;
}

/** What an earlier exemption also says is accepted: the author and the time are those of this call. */
export interface ExemptionRequest extends Partial<Exemption> {
  readonly reason: string;
  /** Epoch milliseconds; ten years ahead at most. */
  readonly until: number;
}

/**
 * The acts of the administrators' page of a member, with the same checks, events and notices. `not-found`: the user table has
 * no such person in the organization, and nothing was done.
 */
export interface MembersApi {
  /** Null where the user table has no such person in the organization. */
  get(member: MemberName): Promise<MemberSettings | null>;
  /** @throws ConfigurationError where the policy does not allow the kind, or an actor switches themselves off. */
  save(member: MemberName, settings: MemberSettingsChange): Promise<{ readonly outcome: 'saved' } | NotFound>;
  /** Exempts, or extends. @throws ConfigurationError where the end is past or too far, or an actor exempts themselves. */
  exempt(
    member: MemberName & { readonly actorId: HostId },
    exemption: ExemptionRequest,
  ): Promise<{ readonly outcome: 'granted'; readonly exemption: Exemption } | NotFound>;
  /**
   * A page of an organization's members and how each stands: who has a factor, who is exempt, who is locked. Without a filter the
   * order is that of the user table.
   * @throws ConfigurationError where `users.list` is missing.
   * @example
   * const { members } = await mfa.members.list({ organizationId: 'acme', filter: 'not-configured' });
   */
  list(request?: MemberListRequest): Promise<MemberPage>;
  endExemption(member: MemberName): Promise<{ readonly outcome: 'ended' } | NotFound>;
  /**
   * Removes every authenticator, ends the sessions, and tells the person by email. `refused`, and nothing done, where the same
   * factors protect another organization with MFA on that the person is in; `everywhere` resets them all the same.
   */
  reset(
    member: MemberName,
    options: ResetOptions,
  ): Promise<{ readonly outcome: 'reset'; readonly removed: number } | ProtectedElsewhere | NotFound>;
  /** Ends a lock after wrong codes. `refused` as with `reset`, and `everywhere` likewise. */
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
  /** Searches names and addresses, as the user table does. */
  readonly query?: string;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string;
  /** 1 to 200; default 50. A page may hold fewer and still have a next one. */
  readonly limit?: number;
}

export interface UnlockOptions {
  /** Your own code answers for every organization that the person is in. Default false. */
  readonly everywhere?: boolean;
}

export interface ResetOptions extends UnlockOptions {
  readonly reason: string;
}

/** A session that has not ended. */
export type LiveSession = Omit<SessionEntry, 'epochs'>;

export interface SessionsOfUserApi {
  /** The one seen last comes first. */
  list(): Promise<readonly LiveSession[]>;
  /** False where the user has no such session. */
  end(handle: string, options?: ActorOptions): Promise<boolean>;
  /** Ends every session, pending login and challenge of the user, by one write. */
  endAll(options?: ActorOptions): Promise<void>;
}

export interface ResealOptions extends Partial<Pick<ResealRequest, 'cursor' | 'batchSize' | 'onBatch'>> {
  /** Default `default`. */
  readonly organizationId?: HostId;
  readonly userIds?: Iterable<HostId> | AsyncIterable<HostId>;
}

/**
 * What hosts call from their own code. A verb does what the page for the same thing does: the same checks, events and mails. An
 * argument that is missing, unknown or of a wrong type, and everything that a page would refuse, rejects with
 * {@link ConfigurationError} before anything is done. Only what the caller could not know is a value: `conflict`, `not-found`.
 */
export interface ProgrammaticApi {
  readonly policies: PoliciesApi;
  readonly members: MembersApi;
  readonly authenticators: AuthenticatorsApi;
  readonly challenges: ChallengesApi;
  /** Of one user, named by id. */
  sessionsOf(userId: HostId): SessionsOfUserApi;
  /**
   * Says that a person chose a new password by a link or code sent to this address: for an hour a code sent there is no second
   * factor for them, in whatever browser they sign in. `recordFirstFactor` says it for the browser at hand alone.
   * @example
   * await mfa.recordPasswordReset(user.id, { channel: 'email', address: user.email });
   */
  recordPasswordReset(userId: HostId, channel: FirstFactorChannel): Promise<void>;
  /** @deprecated The name of `recordPasswordReset` before; it goes with the next release. */
  notePasswordReset(userId: HostId, channel: FirstFactorChannel): Promise<void>;
  /**
   * Seals every secret and address again under the first key, so that an older one can leave `keys`. Everybody whom
   * `users.list` lists for the organization, or the users given. It may run beside everything else, and again after it was
   * interrupted, from the cursor that `onBatch` was last given.
   * @example
   * await mfa.resealAll({ organizationId: 'acme', onBatch: ({ users, resealed }) => console.log(users, resealed) });
   */
  resealAll(request?: ResealOptions): Promise<ResealProgress>;
}
