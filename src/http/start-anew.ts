import type { Request } from 'express';
import { endSession } from '../flows/end-sessions';
import type { HttpContext } from './http-context';
import { regenerate } from './renew-session';
import { updateSlot } from './session-slot';
import type { Visitor } from './visitor';

/**
 * The session is over, and an anonymous one takes its place, marked with what had been ended by then. A host that signs people in out of
 * our sight would otherwise be told for ever that it is not known when its sessions began.
 */
export async function startAnew(
  context: HttpContext,
  req: Request,
  { visitor, isLive }: { readonly visitor: Visitor; readonly isLive: boolean },
): Promise<void> {
  if (visitor.kind === 'anonymous' || visitor.bearer.standing === 'pending') return regenerate(req);
  const { userId, organizationId, ownerId } = visitor.bearer;
  if (isLive) await endSession(context, { userId, handle: ownerId });
  const [member, policy] = await Promise.all([
    context.records.findMember(userId, organizationId),
    context.records.findPolicy(organizationId),
  ]);
  await regenerate(req);
  if (member.sessionsEndedAt === null && policy.sessionsEndedAt === null) return;
  const madeAfter = {
    userId,
    user: { epoch: member.epoch, sessionsEndedAt: member.sessionsEndedAt },
    organizationId,
    organization: { epoch: policy.epoch, sessionsEndedAt: policy.sessionsEndedAt },
  };
  updateSlot(req, { madeAfter });
}
