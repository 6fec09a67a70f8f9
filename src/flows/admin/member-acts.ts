import { allowedKinds } from '../../core/decision/usable-factors';
import type { FactorKind } from '../../core/member/factor-kind';
import { LONGEST_EXEMPTION_SECONDS, type Exemption } from '../../core/member/member';
import { toReason } from '../../core/text/typed-text';
import type { EventName } from '../../events/events';
import { newHandle, type FlowContext } from '../context/context';
import { notifyAddressesOnFile, notifyAdministrators } from '../notices/notify';
import { endSessionOfUser, endSessionsOfUser, reasonDetail } from '../sessions/end-sessions';
import {
  isResponsibleFor,
  findOtherProtectedOrganizations,
  type MemberAdminAct,
  type ProtectedElsewhere,
} from './admin-authority';
import { readMembers, readPolicyContext, type KnownMember } from './read-members';

export type NotFound = { readonly outcome: 'not-found' };
export type MemberActRefused = {
  readonly outcome: 'refused';
  readonly because:
    'reason-missing' | 'end-not-in-future' | 'end-too-far' | 'not-yourself' | 'kind-not-allowed';
};

const NOT_FOUND: NotFound = { outcome: 'not-found' };
const PROTECTED_ELSEWHERE: ProtectedElsewhere = { outcome: 'refused', because: 'protected-elsewhere' };

/** Null assigns any method that the policy allows. Administrators cannot disable their own MFA. */
export async function setMember(
  context: FlowContext,
  act: MemberAdminAct & { readonly enabled: boolean; readonly assignedKind: FactorKind | null },
): Promise<{ readonly outcome: 'saved' } | MemberActRefused | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  const { userId, organizationId, enabled, assignedKind } = act;
  // With enrollment `assigned`, disabling your own MFA would be an exemption without a reason, a grantor or an end.
  if (userId === act.actor.id && member.record.settings.enabled && !enabled)
    return { outcome: 'refused', because: 'not-yourself' };
  if (enabled && assignedKind !== null && !allowedKinds(member.facts).includes(assignedKind)) {
    return { outcome: 'refused', because: 'kind-not-allowed' };
  }
  // Assigning a method again enables it again after too many wrong codes, also for other organizations that assign it.
  const keepsCounts = !isResponsibleFor(act, await findWeakened(context, act, member));
  const settings = { enabled, assignedKind };
  await context.records.saveMemberSettings(userId, organizationId, settings, { keepsCounts });
  await report(context, act, 'member-changed', { enabled, assignedKind: assignedKind ?? 'none' });
  return { outcome: 'saved' };
}

/** With a reason, a grantor and an end (PCI DSS 8.5.1). Administrators cannot exempt themselves. */
export async function exemptMember(
  context: FlowContext,
  act: MemberAdminAct & { readonly reason: string; readonly until: number },
): Promise<{ readonly outcome: 'granted'; readonly exemption: Exemption } | MemberActRefused | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  const { userId, organizationId, actor, until } = act;
  if (userId === actor.id) return { outcome: 'refused', because: 'not-yourself' };
  const now = context.clock.now();
  const because = faultOfExemption(act, now);
  if (because !== null) return { outcome: 'refused', because };
  const reason = toReason(act.reason);
  const exemption = { reason, grantedBy: actor.id, grantedAt: now, until: Math.trunc(until) };
  await context.records.saveExemption(userId, organizationId, exemption);
  await report(context, act, 'exemption-granted', { reason, until: exemption.until });
  await notifyAdministrators(context, act, { target: member.account, done: 'exempted', reason: act.reason });
  return { outcome: 'granted', exemption };
}

export function faultOfExemption(
  given: { readonly reason: string; readonly until: number },
  now: number,
): 'reason-missing' | 'end-not-in-future' | 'end-too-far' | null {
  const { reason, until } = given;
  if (toReason(reason) === '') return 'reason-missing';
  if (!Number.isFinite(until) || until <= now) return 'end-not-in-future';
  return until > now + LONGEST_EXEMPTION_SECONDS * 1000 ? 'end-too-far' : null;
}

export async function endMemberExemption(
  context: FlowContext,
  act: MemberAdminAct & { readonly reason?: string | undefined },
): Promise<{ readonly outcome: 'ended' } | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  if (member.record.settings.exemption !== null) {
    await context.records.saveExemption(act.userId, act.organizationId, null);
    await report(context, act, 'exemption-ended', reasonDetail(act.reason));
  }
  return { outcome: 'ended' };
}

/** Removes every authenticator, recovery code and remembered browser, ends the sessions, and tells the member by email. */
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
  if (!isResponsibleFor(act, others)) return PROTECTED_ELSEWHERE;
  const { records, clock, enrollmentNotes } = context;
  // The sessions end first, so that none continues if a later step fails.
  await records.replaceUserEpoch(act.userId, { epoch: newHandle(), endedAt: clock.now() });
  const removed = await records.removeAllAuthenticators(act.userId);
  await enrollmentNotes.noteIfNone(act.userId);
  const weakened = [act.organizationId, ...others].map((organizationId) => ({ ...act, organizationId }));
  await Promise.all(weakened.map((each) => report(context, each, 'member-reset', { reason, removed })));
  // The record was read before the removal, so enrolled addresses get the notice too.
  await notifyAddressesOnFile(context, {
    account: member.account,
    member: member.record,
    notice: { kind: 'member-reset', origin: null, at: clock.now() },
  });
  const notice = { target: member.account, done: 'reset', reason } as const;
  for (const each of weakened)
    // In sequence, because one person may administer several of these organizations.
    // oxlint-disable-next-line no-await-in-loop
    await notifyAdministrators(context, each, notice);
  return { outcome: 'reset', removed };
}

export async function unlockMemberFactors(
  context: FlowContext,
  act: MemberAdminAct & { readonly reason?: string | undefined },
): Promise<{ readonly outcome: 'unlocked' } | ProtectedElsewhere | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return NOT_FOUND;
  // Every unlock allows ten more guesses at codes that also protect other organizations.
  if (!isResponsibleFor(act, await findWeakened(context, act, member))) return PROTECTED_ELSEWHERE;
  await context.records.clearGuesses(act.userId);
  await report(context, act, 'proofs-unlocked', reasonDetail(act.reason));
  return { outcome: 'unlocked' };
}

export async function endMemberSessions(
  context: FlowContext,
  act: MemberAdminAct,
): Promise<{ readonly outcome: 'ended' } | NotFound> {
  if ((await findTarget(context, act)) === null) return NOT_FOUND;
  await endSessionsOfUser(context, eventFields(act));
  return { outcome: 'ended' };
}

export async function endOneMemberSession(
  context: FlowContext,
  act: MemberAdminAct & { readonly handle: string },
): Promise<{ readonly outcome: 'ended' } | NotFound> {
  const { userId, organizationId, handle } = act;
  const [member, session] = await Promise.all([
    findTarget(context, act),
    context.state.findSession(userId, handle),
  ]);
  if (member === null || session?.organizationId !== organizationId) return NOT_FOUND;
  const ended = await endSessionOfUser(context, { ...eventFields(act), handle });
  return ended ? { outcome: 'ended' } : NOT_FOUND;
}

/** Unknown users and users of other organizations are both null. */
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

/** The other organizations that lose protection. If `membershipsOf` fails, a host that acts `everywhere` continues. */
async function findWeakened(
  context: FlowContext,
  act: MemberAdminAct,
  { account, record: { authenticators } }: KnownMember,
): Promise<readonly string[]> {
  const others = findOtherProtectedOrganizations(context, { account, authenticators }, act.organizationId);
  if (act.everywhere !== true) return others;
  return others.catch((error: unknown) => {
    context.options.onError(error);
    return [];
  });
}

function eventFields({ userId, organizationId, actor, origin }: MemberAdminAct) {
  const from = origin === null ? {} : { address: origin.address };
  return { userId, organizationId, actorId: actor.id, ...from };
}

function report(
  context: FlowContext,
  act: MemberAdminAct,
  name: EventName,
  details: Readonly<Record<string, string | number | boolean>>,
): Promise<void> {
  return context.events.reportQueued({ name, ...eventFields(act), details });
}
