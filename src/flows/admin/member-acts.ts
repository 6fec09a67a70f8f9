import type { EnrollableKind } from '../../core/member/factor-kind';
import type { Exemption } from '../../core/member/member';
import type { FlowContext } from '../context/context';
import { notifyAddressesOnFile } from '../notices/notify';
import { endSessionsOfUser } from '../sessions/end-sessions';
import type { MemberAdminAct } from './admin-authority';
import { tellAdministrators } from './end-sessions';
import { assignableKinds } from './member-detail';
import {
  changeMemberSettings,
  endExemption,
  grantExemption,
  resetMember,
  toReason,
  unlockMember,
  type MemberAct,
} from './member-settings';
import { answersFor, findOthersProtected, type ProtectedElsewhere } from './protected-elsewhere';
import { readPolicyContext, readMembers, type KnownMember } from './read-members';

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
  // Assigning a kind anew switches it on again where too many wrong codes switched it off, and it may be assigned elsewhere too.
  const keepsCounts = !answersFor(act, await findWeakened(context, act, member));
  await changeMemberSettings(context, { ...actOf(act), enabled, assignedKind, keepsCounts });
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
): Promise<
  { readonly outcome: 'reset'; readonly removed: number } | MemberActRefused | ProtectedElsewhere | NotFound
> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  const reason = toReason(act.reason);
  if (reason === '') return { outcome: 'refused', because: 'reason-missing' };
  const others = await findWeakened(context, act, member);
  if (!answersFor(act, others)) return PROTECTED_ELSEWHERE;
  const removed = await resetMember(context, { ...actOf(act), reason, alsoIn: others });
  // The records were read before, so that addresses which were enrolled are told too.
  await notifyAddressesOnFile(context, {
    account: member.account,
    member: member.record,
    notice: { kind: 'member-reset', origin: null, at: context.clock.now() },
  });
  const told = { target: member.account, done: 'reset', reason } as const;
  for (const organizationId of [act.organizationId, ...others])
    // One after the other, since somebody may administer several of them.
    // oxlint-disable-next-line no-await-in-loop
    await tellAdministrators(context, { ...act, organizationId }, told);
  return { outcome: 'reset', removed };
}

export async function unlockMemberFactors(
  context: FlowContext,
  act: MemberAdminAct,
): Promise<{ readonly outcome: 'unlocked' } | ProtectedElsewhere | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  // Each unlock gives ten more guesses at codes that protect the other organization too.
  if (!answersFor(act, await findWeakened(context, act, member))) return PROTECTED_ELSEWHERE;
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
const PROTECTED_ELSEWHERE: ProtectedElsewhere = { outcome: 'refused', because: 'protected-elsewhere' };

/** The other organizations that lose protection. The host’s own code is not held up by a table that cannot say which. */
async function findWeakened(
  context: FlowContext,
  act: MemberAdminAct,
  { account, record: { authenticators } }: KnownMember,
): Promise<readonly string[]> {
  const others = findOthersProtected(context, { account, authenticators }, act.organizationId);
  if (act.everywhere !== true) return others;
  return others.catch((error: unknown) => {
    context.options.onError(error);
    return [];
  });
}

/** The member, if the directory has them in this organization; a stranger and nobody are the same answer. */
export async function findTarget(
  context: FlowContext,
  { userId, organizationId }: Pick<MemberAdminAct, 'userId' | 'organizationId'>,
): Promise<KnownMember | null> {
  const known = await context.directory.find(userId);
  if (known?.account.organizationId !== organizationId) return null;
  const policyContext = readPolicyContext(context, organizationId);
  const [member] = await readMembers(context, { organizationId, accounts: [known.account], policyContext });
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
