import type { EnrollableKind } from './core/factor-kind';
import type { Exemption, MemberSettings } from './core/member';
import type { Policy } from './core/policy';
import { changePolicy } from './flows/change-policy';
import type { PolicyChange, PolicySaved } from './flows/change-policy';
import type { FlowContext } from './flows/context';
import { endSessionsOfOrganization, endSessionsOfUser } from './flows/end-sessions';
import { effectivePolicy } from './flows/gather-facts';
import {
  changeMemberSettings,
  endExemption,
  grantExemption,
  resetMember,
  unlockMember,
} from './flows/manage-member';
import type { ExemptionRefused } from './flows/manage-member';
import { notePasswordReset } from './flows/note-password-reset';
import type { FirstFactorChannel } from './flows/first-factor-channel';
import { resealAll } from './flows/reseal-all';
import type { ResealProgress, ResealRequest } from './flows/reseal-all';
import type { SessionEntry } from './stores/state-store';

/** Users read at a time where the host does not say. */
const RESEAL_BATCH = 100;

/** An id as the host has it. */
export type HostId = string | number | bigint;

/** Who acts, for the events. */
export interface Actor {
  readonly actorId?: HostId;
}

export interface PoliciesApi {
  /** The policy in force; the default one where none was saved. */
  get(organizationId: HostId): Promise<Policy>;
  /** Changes some rules and keeps the rest; holds from the next request of everybody. */
  save(
    organizationId: HostId,
    change: PolicyChange,
    options?: Actor & { readonly expectedVersion?: number },
  ): Promise<PolicySaved>;
  /** Ends every session of the organization, by one write. */
  endAllSessions(organizationId: HostId, options?: Actor): Promise<void>;
}

/** Names one member of one organization; `default` where the host has none. */
export interface MemberName extends Actor {
  readonly userId: HostId;
  readonly organizationId?: HostId;
}

export interface MembersApi {
  get(member: MemberName): Promise<MemberSettings>;
  save(
    member: MemberName,
    settings: { readonly enabled: boolean; readonly assignedKind?: EnrollableKind | null },
  ): Promise<void>;
  /** `until` is epoch milliseconds; `actorId` is required. */
  exempt(
    member: MemberName,
    exemption: { readonly reason: string; readonly until: number },
  ): Promise<{ readonly outcome: 'granted'; readonly exemption: Exemption } | ExemptionRefused>;
  endExemption(member: MemberName): Promise<void>;
  /** Removes every authenticator and ends the sessions. Resolves with how many authenticators went. */
  reset(member: MemberName, options: { readonly reason: string }): Promise<number>;
  unlock(member: MemberName): Promise<void>;
}

/** An authenticator as it may be shown: no secret, no full address. */
export interface ShownAuthenticator {
  readonly id: string;
  readonly kind: EnrollableKind;
  readonly label: string;
  readonly destination?: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

export interface AuthenticatorsApi {
  list(userId: HostId): Promise<readonly ShownAuthenticator[]>;
}

export interface SessionsOfUserApi {
  list(): Promise<readonly SessionEntry[]>;
  end(handle: string): Promise<boolean>;
  /** Ends every session, pending login and challenge of the user, by one write. */
  endAll(options?: Actor): Promise<void>;
}

export interface ProgrammaticApi {
  readonly policies: PoliciesApi;
  readonly members: MembersApi;
  readonly authenticators: AuthenticatorsApi;
  /** Of one user, named by id. */
  sessionsOf(userId: HostId): SessionsOfUserApi;
  /**
   * Says that a person chose a new password by a link or code sent to this address: for an hour a code sent there is no second
   * factor for them, in whatever browser they sign in. `noteFirstFactor` says it for the browser at hand alone.
   * @throws TypeError where the address is none.
   * @example
   * await mfa.notePasswordReset(user.id, { channel: 'email', address: user.email });
   */
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

export interface ResealOptions extends Partial<Pick<ResealRequest, 'cursor' | 'batchSize' | 'onBatch'>> {
  /** Default `default`. */
  readonly organizationId?: HostId;
  readonly userIds?: Iterable<HostId> | AsyncIterable<HostId>;
}

/** What hosts call from their own code; each verb is one flow, the same that the pages use. */
export function createProgrammaticApi(context: FlowContext): ProgrammaticApi {
  const { records, state } = context;
  return {
    policies: {
      get: async (organizationId) =>
        effectivePolicy(context, await records.findPolicy(String(organizationId))),
      save: (organizationId, change, options = {}) => {
        const { expectedVersion } = options;
        const version = expectedVersion === undefined ? {} : { expectedVersion };
        return changePolicy(context, {
          organizationId: String(organizationId),
          change,
          ...version,
          ...actorOf(options),
        });
      },
      endAllSessions: (organizationId, options = {}) =>
        endSessionsOfOrganization(context, { organizationId: String(organizationId), ...actorOf(options) }),
    },
    members: {
      get: async (member) => {
        const { userId, organizationId } = actOf(member);
        return (await records.findMember(userId, organizationId)).settings;
      },
      save: (member, { enabled, assignedKind }) =>
        changeMemberSettings(context, { ...actOf(member), enabled, assignedKind: assignedKind ?? null }),
      exempt: (member, exemption) => grantExemption(context, { ...actOf(member), ...exemption }),
      endExemption: (member) => endExemption(context, actOf(member)),
      reset: (member, { reason }) => resetMember(context, { ...actOf(member), reason }),
      unlock: (member) => unlockMember(context, actOf(member)),
    },
    authenticators: {
      async list(userId) {
        const { authenticators } = await records.findMember(String(userId), 'default');
        return authenticators.map(({ id, kind, label, createdAt, lastUsedAt, maskedDestination }) => {
          const destination = maskedDestination === null ? {} : { destination: maskedDestination };
          return { id, kind, label, createdAt, lastUsedAt, ...destination };
        });
      },
    },
    sessionsOf(hostId) {
      const userId = String(hostId);
      return {
        list: () => state.listSessions(userId),
        end: (handle) => state.endSession(userId, handle),
        endAll: (options = {}) =>
          endSessionsOfUser(context, { userId, organizationId: '', ...actorOf(options) }),
      };
    },
    notePasswordReset: (userId, channel) => notePasswordReset(context, String(userId), channel),
    resealAll({ organizationId = 'default', userIds, batchSize = RESEAL_BATCH, ...rest } = {}) {
      const named = userIds === undefined ? {} : { userIds: asText(userIds) };
      return resealAll(context, { organizationId: String(organizationId), batchSize, ...named, ...rest });
    },
  };
}

function actorOf({ actorId }: Actor): { readonly actorId?: string } {
  return actorId === undefined ? {} : { actorId: String(actorId) };
}

function actOf(member: MemberName): {
  readonly userId: string;
  readonly organizationId: string;
  readonly actorId?: string;
} {
  return {
    userId: String(member.userId),
    organizationId: String(member.organizationId ?? 'default'),
    ...actorOf(member),
  };
}

async function* asText(ids: Iterable<HostId> | AsyncIterable<HostId>): AsyncGenerator<string> {
  for await (const id of ids) yield String(id);
}
