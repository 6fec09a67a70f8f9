import type { Request } from 'express';
import type { Decision } from '../core/decide';
import { isAdoptedHandle, isStartUnknown } from '../core/session-handle';
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
  const madeAfter = {
    userId,
    user: { epoch: member.epoch, sessionsEndedAt: member.sessionsEndedAt },
    organizationId,
    organization: { epoch: policy.epoch, sessionsEndedAt: policy.sessionsEndedAt },
  };
  updateSlot(req, { madeAfter });
}

/**
 * Somebody signed in again because that was asked of them, and we saw nothing of it. Asking once more would lead in a circle, which may
 * need nobody's click where a provider signs people in by itself.
 */
export function withoutCircle(
  { options }: HttpContext,
  { visitor, decision }: { readonly visitor: Visitor; readonly decision: Decision },
): Decision {
  if (decision.because !== 'sign-in-too-old' || visitor.kind === 'anonymous') return decision;
  const { ownerId } = visitor.bearer;
  if (!isAdoptedHandle(ownerId) || isStartUnknown(ownerId)) return decision;
  options.onError(
    new Error(
      'Somebody without a password signed in, but this app does it by a way that cannot be seen, so nobody knows when. Call mfa.recordFirstFactor(req) after the sign-in.',
    ),
  );
  return { outcome: 'deny', because: 'sign-in-unseen' };
}
