import { resealAll } from '../flows/authenticators/reseal-all';
import type { FlowContext } from '../flows/context/context';
import {
  endSessionOfUser,
  endSessionsOfUser,
  isLive,
  recordPasswordReset,
} from '../flows/sessions/end-sessions';
import { requireUserList } from '../http/admin/admin-options';
import { checkCalls } from '../options/call-check';
import { createAuthenticatorsApi } from './authenticators-api';
import { createChallengesApi } from './challenges-api';
import { idText, organizationOf, outsideActor } from './host-actor';
import { createMembersApi, type HostParts } from './members-api';
import { createPoliciesApi } from './policies-api';
import type { ProgrammaticApi, ResealOptions, SessionsOfUserApi } from './programmatic-api';
import type { HostId } from './host-actor';
import { SESSION_VERB_RULES } from './verb-rules';

/** Users read at a time where the host does not say. */
const RESEAL_BATCH = 100;

/** What hosts call from their own code; each verb is one flow, the same that the pages use. */
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
      const [entries, member, policy] = await Promise.all([
        context.state.listSessions(userId),
        context.records.findMember(userId, organizationId),
        context.records.findPolicy(organizationId),
      ]);
      const now = context.clock.now();
      return entries
        .filter((entry) => isLive(entry, { member, policy, now }))
        .map(({ epochs: _epochs, ...shown }) => shown);
    },
    async end(handle, options = {}) {
      return endSessionOfUser(context, { ...(await act(options.actorId)), handle });
    },
    async endAll(options = {}) {
      await endSessionsOfUser(context, await act(options.actorId));
    },
  };
}

async function* asText(ids: Iterable<HostId> | AsyncIterable<HostId>): AsyncGenerator<string> {
  for await (const id of ids) yield idText(id);
}
