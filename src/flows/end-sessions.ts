import type { FlowContext } from './context';
import { newMark } from './context';

/** Ends every session, pending login and challenge of one user by one write, however many there are. */
export async function endSessionsOfUser(
  context: FlowContext,
  act: {
    readonly userId: string;
    readonly organizationId: string;
    readonly actorId?: string;
    readonly address?: string;
  },
): Promise<void> {
  const { userId, organizationId, actorId, address } = act;
  await context.records.replaceUserEpoch(userId, { epoch: newMark(), endedAt: context.clock.now() });
  context.events.report({
    name: 'sessions-ended',
    userId,
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { scope: 'user' },
  });
}

/** Ends one session by its handle. False where the user has no such session. */
export async function endSessionOfUser(
  context: FlowContext,
  act: {
    readonly userId: string;
    readonly organizationId: string;
    readonly handle: string;
    readonly actorId?: string;
    readonly address?: string;
  },
): Promise<boolean> {
  const { userId, organizationId, handle, actorId, address } = act;
  // What a session carries is compared with the list at each request, so it is dead at its next one.
  const ended = await context.state.endSession(userId, handle);
  if (!ended) return false;
  context.events.report({
    name: 'sessions-ended',
    userId,
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { scope: 'one' },
  });
  return true;
}

/** Ends every session of everybody of an organization by one write. */
export async function endSessionsOfOrganization(
  context: FlowContext,
  act: {
    readonly organizationId: string;
    readonly actorId?: string;
    readonly address?: string;
    /** The new epoch, for a caller whose own session is to go on with it. */
    readonly epoch?: string;
  },
): Promise<void> {
  const { organizationId, actorId, address } = act;
  const epoch = act.epoch ?? newMark();
  await context.records.replaceOrganizationEpoch(organizationId, { epoch, endedAt: context.clock.now() });
  context.events.report({
    name: 'sessions-ended',
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { scope: 'organization' },
  });
}
