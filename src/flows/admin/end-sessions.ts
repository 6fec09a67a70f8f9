import { newHandle, type FlowContext } from '../context/context';
import { endSessionsOfOrganization } from '../sessions/end-sessions';
import type { AdminAct } from './admin-authority';

/** The epoch of each organization that a session has entered. Replacing any of them ends the session. */
type OrganizationEpochs = readonly (readonly [organizationId: string, epoch: string])[];

export interface KeptSession {
  readonly userId: string;
  readonly handle: string;
  readonly organizationEpochs: OrganizationEpochs;
}

/** One write replaces the epoch. The result contains the epochs that the session to keep must store from now on. */
export async function endAllSessions(
  context: FlowContext,
  act: AdminAct & { readonly keep?: KeptSession | undefined; readonly reason?: string | undefined },
): Promise<{ readonly outcome: 'ended'; readonly keptEpochs: OrganizationEpochs | null }> {
  const { organizationId, actor, origin, keep, reason } = act;
  const epoch = newHandle();
  await endSessionsOfOrganization(context, {
    organizationId,
    actorId: actor.id,
    ...(origin === null ? {} : { address: origin.address }),
    epoch,
    reason,
  });
  if (keep === undefined) return { outcome: 'ended', keptEpochs: null };
  await continueEntry(context, keep, { organizationId, epoch });
  const keptEpochs = keep.organizationEpochs.map((entry) =>
    entry[0] === organizationId ? ([organizationId, epoch] as const) : entry,
  );
  return { outcome: 'ended', keptEpochs };
}

/** The entry of a session that was started in another organization is not changed. */
async function continueEntry(
  { state, clock }: FlowContext,
  { userId, handle }: KeptSession,
  { organizationId, epoch }: { readonly organizationId: string; readonly epoch: string },
): Promise<void> {
  const entry = await state.findSession(userId, handle);
  if (entry?.organizationId !== organizationId) return;
  const epochs = { ...entry.epochs, organization: epoch };
  await state.registerSession(userId, { ...entry, epochs }, { now: clock.now(), continues: handle });
}
