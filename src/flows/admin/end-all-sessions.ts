import type { FlowContext } from '../context';
import { newMark } from '../context';
import { endSessionsOfOrganization } from '../end-sessions';
import type { AdminAct } from './administrator';

/**
 * Ends every session of the organization by one write. The answer is the new epoch: a session that carries it goes on, which
 * is how the acting administrator keeps their own (put it into the session's slot only when they asked for that).
 */
export async function endAllSessions(
  context: FlowContext,
  act: AdminAct,
): Promise<{ readonly outcome: 'ended'; readonly organizationEpoch: string }> {
  const { organizationId, actor, origin } = act;
  const epoch = newMark();
  await endSessionsOfOrganization(context, {
    organizationId,
    actorId: actor.id,
    ...(origin === null ? {} : { address: origin.address }),
    epoch,
  });
  return { outcome: 'ended', organizationEpoch: epoch };
}
