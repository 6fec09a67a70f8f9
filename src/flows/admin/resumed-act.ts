import { createHash } from 'node:crypto';
import type { FlowContext } from '../context/context';
import { findTarget } from './member-acts';

/** Whom an act is about that waits for a proof: a member, or the organization. */
export interface ActTarget {
  readonly organizationId: string;
  readonly userId: string | null;
}

/**
 * What an act on a member rests on: if somebody else changed it meanwhile, the act is not performed. Null for an act on the
 * organization, which carries the version of the policy. Undefined if there is no such member.
 */
export async function findSeen(
  context: FlowContext,
  { organizationId, userId }: ActTarget,
): Promise<string | null | undefined> {
  if (userId === null) return null;
  const target = await findTarget(context, { organizationId, userId });
  if (target === null) return undefined;
  const { settings, authenticators } = target.record;
  const methods = authenticators.map(({ id, disabledAt }) => [id, disabledAt]);
  return createHash('sha256')
    .update(JSON.stringify([settings, methods]))
    .digest('base64url')
    .slice(0, 22);
}
