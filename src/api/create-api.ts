import { ConfigurationError } from '../core/errors';
import { endAllSessions } from '../flows/admin/end-sessions';
import { savePolicyAsAdministrator, type PolicySavedByAdministrator } from '../flows/admin/save-policy';
import { resealAll } from '../flows/authenticators/reseal-all';
import type { FlowContext } from '../flows/context/context';
import { readPolicy } from '../flows/context/gather-facts';
import { endSessionOfUser, endSessionsOfUser, recordPasswordReset } from '../flows/sessions/end-sessions';
import { listSessionsOfUser } from '../flows/sessions/list-sessions';
import { requireUserList } from '../http/admin/admin-options';
import { checkCalls } from '../options/call-check';
import { refusePolicy } from '../options/policy-rules';
import { hasTables } from '../stores/record-store';
import { createAuthenticatorsApi } from './authenticators-api';
import { createChallengesApi } from './challenges-api';
import { idText, resolveActor, organizationOf, outsideActor, type HostId } from './host-actor';
import { createMembersApi, type HostParts } from './members-api';
import type {
  PoliciesApi,
  PolicySaved,
  ProgrammaticApi,
  ResealOptions,
  SavePolicyOptions,
  SessionsOfUserApi,
} from './programmatic-api';
import { SESSION_VERB_RULES } from './verb-rules';

/** Users read at a time by default. */
const RESEAL_BATCH = 100;

/** The functions that hosts call from their own code. They run the same flows as the pages. */
export function createProgrammaticApi(context: FlowContext, host: HostParts): ProgrammaticApi {
  return {
    policies: createPoliciesApi(context),
    members: createMembersApi(context, host),
    authenticators: createAuthenticatorsApi(context),
    challenges: createChallengesApi(context),
    sessionsOf: (userId) =>
      checkCalls(createSessionsApi(context, idText(userId)), SESSION_VERB_RULES, 'sessionsOf.'),
    recordPasswordReset: (userId, channel) => recordPasswordReset(context, idText(userId), channel),
    notePasswordReset: (userId, channel) => recordPasswordReset(context, idText(userId), channel),
    async resealAll({
      organizationId = 'default',
      userIds,
      batchSize = RESEAL_BATCH,
      ...rest
    }: ResealOptions = {}) {
      const ids = Array.isArray(userIds) ? userIds.map((id) => idText(id)) : userIds;
      if (ids === undefined) requireUserList(host.users);
      const named = ids === undefined ? {} : { userIds: asText(ids) };
      return resealAll(context, { organizationId: idText(organizationId), batchSize, ...named, ...rest });
    },
    async migrate() {
      const { records } = context.options;
      if (!hasTables(records)) return { outcome: 'no-tables' };
      await records.migrate();
      return { outcome: 'migrated' };
    },
    migrationSql() {
      const { records } = context.options;
      return hasTables(records) ? records.migrationSql() : null;
    },
  };
}

function createSessionsApi(context: FlowContext, userId: string): SessionsOfUserApi {
  async function act(actorId: HostId | undefined) {
    const { id } = outsideActor(context, actorId);
    return { userId, organizationId: await organizationOf(context, userId), actorId: id };
  }

  return {
    async list() {
      const organizationId = await organizationOf(context, userId);
      const sessions = await listSessionsOfUser(context, { userId, organizationId });
      return sessions.map(({ epochs: _epochs, ...shown }) => shown);
    },
    async end(handle, options = {}) {
      return endSessionOfUser(context, { ...(await act(options.actorId)), handle });
    },
    async endAll({ actorId, reason } = {}) {
      await endSessionsOfUser(context, { ...(await act(actorId)), reason });
    },
  };
}

async function* asText(ids: Iterable<HostId> | AsyncIterable<HostId>): AsyncGenerator<string> {
  for await (const id of ids) yield idText(id);
}

export function createPoliciesApi(context: FlowContext): PoliciesApi {
  return {
    async get(organizationId) {
      return readPolicy(context, idText(organizationId));
    },
    async save(hostId, given, options = {}) {
      const organizationId = idText(hostId);
      const { organizationId: named, version, ...change } = given;
      requireSameOrganization(organizationId, named);
      const expected = expectedVersion(version, options);
      // Copy the object, because the caller may change it during the `await`.
      const asked = {
        organizationId,
        change: structuredClone(change),
        origin: null,
        ...(expected === undefined ? {} : { expectedVersion: expected }),
      };
      const actor = await resolveActor(context, options.actorId);
      const saved = await savePolicyAsAdministrator(context, { ...asked, actor });
      return valueOf(context, saved);
    },
    async endAllSessions(organizationId, { actorId, reason } = {}) {
      const actor = outsideActor(context, actorId);
      const act = { organizationId: idText(organizationId), actor, origin: null, reason };
      await endAllSessions(context, act);
    },
  };
}

/** Prevents comparing the version of another organization's policy with that of this one. */
function requireSameOrganization(organizationId: string, named: HostId | undefined): void {
  if (named === undefined || idText(named) === organizationId) return;
  throw new ConfigurationError(
    'policies.save.change.organizationId',
    'it names another organization than the first argument. To copy a policy, leave organizationId and version out.',
  );
}

function expectedVersion(
  read: number | undefined,
  { expectedVersion: asked }: SavePolicyOptions,
): number | undefined {
  if (read !== undefined && asked !== undefined && read !== asked) {
    throw new ConfigurationError(
      'policies.save.change.version',
      `it is ${read}, and expectedVersion is ${asked}. Leave one of them out.`,
    );
  }
  return asked ?? read;
}

function valueOf(context: FlowContext, saved: PolicySavedByAdministrator): PolicySaved {
  if (saved.outcome === 'saved' || saved.outcome === 'conflict') return saved;
  if (saved.outcome === 'would-lock-you-out') {
    const wayOut =
      saved.wayOut === 'enroll-first'
        ? 'They must set up a second factor first'
        : 'Allow a method that they can set up';
    throw new ConfigurationError(
      'policies.save.change',
      `with this policy the actor could not sign in any more. ${wayOut}, or leave actorId out.`,
      { because: saved.outcome },
    );
  }
  const { draft: policy, faults } = saved;
  const [fault] = faults;
  if (fault === undefined) throw new TypeError('A policy was refused for no fault.');
  const { availableKinds } = context.options;
  throw refusePolicy('policies.save.change.', { policy, fault, faults, availableKinds });
}
