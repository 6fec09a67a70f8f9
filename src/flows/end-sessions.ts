import { isAdoptedHandle } from '../core/session-handle';
import type { FlowContext } from './context';
import { newMark } from './context';

type EndingContext = Pick<FlowContext, 'records' | 'state' | 'clock'>;

/** Ends one session of a user. False where it was not live. */
export async function endSession(
  context: EndingContext,
  { userId, handle }: { readonly userId: string; readonly handle: string },
): Promise<boolean> {
  // A request under way may store a copy without the handle, which only its start tells from a new session.
  if (isAdoptedHandle(handle)) await noteSessionsEnded(context, userId);
  return context.state.endSession(userId, handle);
}

/** Ends all sessions of a user but one, and returns how many were listed. */
export async function endOtherSessions(
  context: EndingContext,
  { userId, handle }: { readonly userId: string; readonly handle: string },
): Promise<number> {
  await noteSessionsEnded(context, userId);
  return context.state.endOtherSessions(userId, handle);
}

/** Ends the sessions of a user that we have never seen, and those whose start is unknown. */
export function noteSessionsEnded({ records, clock }: EndingContext, userId: string): Promise<void> {
  return records.noteSessionsEnded(userId, clock.now());
}

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
  const ended = await endSession(context, { userId, handle });
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
