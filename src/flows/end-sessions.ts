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

/** The same for everybody of an organization. */
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
