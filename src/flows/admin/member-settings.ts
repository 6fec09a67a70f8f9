import type { EnrollableKind } from '../../core/member/factor-kind';
import { LONGEST_EXEMPTION_SECONDS, type Exemption } from '../../core/member/member';
import { cutText } from '../../core/text/typed-text';
import { newHandle, type FlowContext } from '../context/context';

/** Which member of which organization, and who acts. */
export interface MemberAct {
  readonly userId: string;
  readonly organizationId: string;
  readonly actorId?: string;
  /** Where the request came from, where there was one. */
  readonly address?: string;
}

/** Switches MFA on or off for one member and assigns the kind that is asked. It holds from the member's next request. */
export async function changeMemberSettings(
  context: FlowContext,
  act: MemberAct & {
    readonly enabled: boolean;
    readonly assignedKind: EnrollableKind | null;
    /** Wrong codes to an address on file stay counted. */
    readonly keepsCounts: boolean;
  },
): Promise<void> {
  const { userId, organizationId, enabled, assignedKind, keepsCounts } = act;
  const settings = { enabled, assignedKind };
  await context.records.saveMemberSettings(userId, organizationId, settings, { keepsCounts });
  report(context, act, 'member-changed', { enabled, assignedKind: assignedKind ?? 'none' });
}

export type ExemptionRefused = {
  readonly outcome: 'refused';
  readonly because: 'reason-missing' | 'end-not-in-future' | 'end-too-far';
};

const LONGEST_REASON = 500;

/** A reason as it is stored: one line of bounded length; empty where nothing was said. */
export function toReason(text: string): string {
  return cutText(text.replaceAll(/\p{Cc}/gu, ' ').trim(), LONGEST_REASON);
}

/** Exempts one named member, with a reason, an author and an end (PCI DSS 8.5.1); granting again extends. */
export async function grantExemption(
  context: FlowContext,
  act: MemberAct & { readonly actorId: string; readonly reason: string; readonly until: number },
): Promise<{ readonly outcome: 'granted'; readonly exemption: Exemption } | ExemptionRefused> {
  const { userId, organizationId, actorId, until } = act;
  const now = context.clock.now();
  const reason = toReason(act.reason);
  if (reason === '') return { outcome: 'refused', because: 'reason-missing' };
  if (!Number.isFinite(until) || until <= now) return { outcome: 'refused', because: 'end-not-in-future' };
  if (until > now + LONGEST_EXEMPTION_SECONDS * 1000) return { outcome: 'refused', because: 'end-too-far' };
  const exemption: Exemption = { reason, grantedBy: actorId, grantedAt: now, until: Math.trunc(until) };
  await context.records.saveExemption(userId, organizationId, exemption);
  report(context, act, 'exemption-granted', { reason, until: exemption.until });
  return { outcome: 'granted', exemption };
}

export async function endExemption(context: FlowContext, act: MemberAct): Promise<void> {
  await context.records.saveExemption(act.userId, act.organizationId, null);
  report(context, act, 'exemption-ended', {});
}

/** Takes every authenticator, recovery code and remembered browser away and ends the sessions; enrollment starts anew. */
export async function resetMember(
  context: FlowContext,
  act: MemberAct & {
    readonly reason: string;
    /** Other organizations that the same factors protected. */
    readonly alsoIn: readonly string[];
  },
): Promise<number> {
  const { userId, reason, organizationId, alsoIn } = act;
  // The sessions end first: whatever fails after that, nobody goes on with what is being taken away.
  await context.records.replaceUserEpoch(userId, { epoch: newHandle(), endedAt: context.clock.now() });
  const removed = await context.records.removeAllAuthenticators(userId);
  await context.enrollmentNotes.noteIfNone(userId);
  for (const id of [organizationId, ...alsoIn])
    report(context, { ...act, organizationId: id }, 'member-reset', { reason, removed });
  return removed;
}

export async function unlockMember(context: FlowContext, act: MemberAct): Promise<void> {
  await context.records.clearGuesses(act.userId);
  reportUnlocked(context, act);
}

export function reportUnlocked(context: FlowContext, act: MemberAct): void {
  report(context, act, 'proofs-unlocked', {});
}

function report(
  context: FlowContext,
  { userId, organizationId, actorId, address }: MemberAct,
  name: 'member-changed' | 'exemption-granted' | 'exemption-ended' | 'member-reset' | 'proofs-unlocked',
  details: Readonly<Record<string, string | number | boolean>>,
): void {
  context.events.report({
    name,
    userId,
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details,
  });
}
