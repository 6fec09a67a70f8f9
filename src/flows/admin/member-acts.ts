import type { EnrollableKind } from '../../core/factor-kind';
import type { Exemption } from '../../core/member';
import type { FlowContext } from '../context';
import { endSessionsOfUser } from '../end-sessions';
import {
  changeMemberSettings,
  endExemption,
  grantExemption,
  resetMember,
  toReason,
  unlockMember,
} from '../manage-member';
import type { MemberAct } from '../manage-member';
import { notifyAddressesOnFile } from '../notify';
import type { MemberAdminAct } from './administrator';
import { assignableKinds } from './member-detail';
import { readGround, readMembers } from './read-members';
import type { KnownMember } from './read-members';
import { tellAdministrators } from './tell-administrators';

export type NotFound = { readonly outcome: 'not-found' };
export type MemberActRefused = {
  readonly outcome: 'refused';
  readonly because:
    'reason-missing' | 'end-not-in-future' | 'end-too-far' | 'not-yourself' | 'kind-not-allowed';
};

/** Switches MFA on or off for one member and assigns a kind (null: any that the policy allows). Nobody switches themselves off. */
export async function setMember(
  context: FlowContext,
  act: MemberAdminAct & { readonly enabled: boolean; readonly assignedKind: EnrollableKind | null },
): Promise<{ readonly outcome: 'saved' } | MemberActRefused | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  const { enabled, assignedKind } = act;
  // Where only those are asked who were switched on, it would be an exemption without a reason, an author or an end.
  if (act.userId === act.actor.id && member.record.settings.enabled && !enabled)
    return { outcome: 'refused', because: 'not-yourself' };
  if (enabled && assignedKind !== null && !assignableKinds(member.facts).includes(assignedKind)) {
    return { outcome: 'refused', because: 'kind-not-allowed' };
  }
  await changeMemberSettings(context, { ...actOf(act), enabled, assignedKind });
  return { outcome: 'saved' };
}

/** Exempts, or extends. Nobody exempts themselves. */
export async function exemptMember(
  context: FlowContext,
  act: MemberAdminAct & { readonly reason: string; readonly until: number },
): Promise<{ readonly outcome: 'granted'; readonly exemption: Exemption } | MemberActRefused | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  if (act.userId === act.actor.id) return { outcome: 'refused', because: 'not-yourself' };
  const { reason, until } = act;
  const granted = await grantExemption(context, { ...actOf(act), reason, until });
  if (granted.outcome === 'granted') {
    await tellAdministrators(context, act, { target: member.account, done: 'exempted', reason });
  }
  return granted;
}

export async function endMemberExemption(
  context: FlowContext,
  act: MemberAdminAct,
): Promise<{ readonly outcome: 'ended' } | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  if (member.record.settings.exemption !== null) await endExemption(context, actOf(act));
  return { outcome: 'ended' };
}

/** Removes every authenticator, ends the sessions and tells the member. */
export async function resetMemberFactors(
  context: FlowContext,
  act: MemberAdminAct & { readonly reason: string },
): Promise<{ readonly outcome: 'reset'; readonly removed: number } | MemberActRefused | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  const reason = toReason(act.reason);
  if (reason === '') return { outcome: 'refused', because: 'reason-missing' };
  const removed = await resetMember(context, { ...actOf(act), reason });
  // The records were read before, so that addresses which were enrolled are told too.
  await notifyAddressesOnFile(context, {
    account: member.account,
    member: member.record,
    notice: { kind: 'member-reset', origin: null, at: context.clock.now() },
  });
  await tellAdministrators(context, act, { target: member.account, done: 'reset', reason });
  return { outcome: 'reset', removed };
}

export async function unlockMemberFactors(
  context: FlowContext,
  act: MemberAdminAct,
): Promise<{ readonly outcome: 'unlocked' } | NotFound> {
  if ((await findTarget(context, act)) === null) return NOT_FOUND;
  await unlockMember(context, actOf(act));
  return { outcome: 'unlocked' };
}

export async function endMemberSessions(
  context: FlowContext,
  act: MemberAdminAct,
): Promise<{ readonly outcome: 'ended' } | NotFound> {
  if ((await findTarget(context, act)) === null) return NOT_FOUND;
  await endSessionsOfUser(context, actOf(act));
  return { outcome: 'ended' };
}

const NOT_FOUND: NotFound = { outcome: 'not-found' };

/** The member, if the directory has them in this organization; a stranger and nobody are the same answer. */
export async function findTarget(
  context: FlowContext,
  { userId, organizationId }: Pick<MemberAdminAct, 'userId' | 'organizationId'>,
): Promise<KnownMember | null> {
  const known = await context.directory.find(userId);
  if (known?.account.organizationId !== organizationId) return null;
  const ground = readGround(context, organizationId);
  const [member] = await readMembers(context, { organizationId, accounts: [known.account], ground });
  return member ?? null;
}

function actOf({
  userId,
  organizationId,
  actor,
  origin,
}: MemberAdminAct): MemberAct & { readonly actorId: string } {
  const from = origin === null ? {} : { address: origin.address };
  return { userId, organizationId, actorId: actor.id, ...from };
}
