import { MfaError } from '../../core/errors';
import type { FactorKind } from '../../core/member/factor-kind';
import { NO_MEMBER_SETTINGS } from '../../core/member/member';
import type { FlowContext } from '../context/context';
import type { MemberAdminAct } from './admin-authority';
import { endMemberSessions, exemptMember, findTarget, setMember } from './member-acts';
import { countMembers, listFromDirectory, parseHostCursor, type MemberFilter } from './member-list';
import { remindMember } from './remind-member';

export const BULK_ACTS = ['remind', 'assign', 'exempt', 'end-sessions'] as const;
export type BulkAct = (typeof BULK_ACTS)[number];

/** The change to make for each chosen member, as on the member's own page. */
export type BulkChange =
  | { readonly act: 'remind' }
  /** Null for any method that the policy allows. */
  | { readonly act: 'assign'; readonly assignedKind: FactorKind | null }
  | { readonly act: 'exempt'; readonly reason: string; readonly until: number }
  | { readonly act: 'end-sessions' };

/** The change of one member. `startedAt` is when the whole job started. */
export type OneAct = MemberAdminAct & { readonly startedAt: number };

/** Damaged records of one member do not stop the job; an unavailable store does. */
export async function tryChange(context: FlowContext, act: OneAct, change: BulkChange): Promise<boolean> {
  try {
    return await changeOne(context, act, change);
  } catch (error) {
    if (error instanceof MfaError && error.code === 'store-unavailable') throw error;
    context.options.onError(error);
    return false;
  }
}

async function changeOne(context: FlowContext, act: OneAct, change: BulkChange): Promise<boolean> {
  switch (change.act) {
    case 'remind':
      return (await remindMember(context, act)).outcome === 'reminded';
    case 'assign': {
      const { enabled, assignedKind } =
        (await findTarget(context, act))?.record.settings ?? NO_MEMBER_SETTINGS;
      // Nothing to change, or changed before the step was interrupted.
      if (enabled && assignedKind === change.assignedKind) return false;
      const settings = { enabled: true, assignedKind: change.assignedKind };
      return (await setMember(context, { ...act, ...settings })).outcome === 'saved';
    }
    case 'exempt': {
      const exemption = (await findTarget(context, act))?.record.settings.exemption;
      const isDone = exemption?.grantedBy === act.actor.id && exemption.grantedAt >= act.startedAt;
      if (isDone && exemption.until === Math.trunc(change.until)) return true;
      return (await exemptMember(context, { ...act, ...change })).outcome === 'granted';
    }
    case 'end-sessions':
      // Do not sign out the acting administrator.
      if (act.userId === act.actor.id) return false;
      return (await endMemberSessions(context, act)).outcome === 'ended';
  }
}

/** Members chosen one by one, or all that match a filter and a search. */
export type BulkSelection =
  { readonly userIds: readonly string[] } | { readonly filter: MemberFilter; readonly query: string };

export const MOST_CHOSEN = 1000;

/** Counting the matches of a search stops here. */
const MOST_COUNTED = 1000;
const MEMBERS_A_PAGE = 200;

export interface SelectionSize {
  readonly count: number;
  readonly more: boolean;
}

export async function countSelection(
  context: FlowContext,
  organizationId: string,
  selection: BulkSelection,
): Promise<SelectionSize> {
  if ('userIds' in selection) {
    const found = await findChosen(context, organizationId, selection.userIds);
    return { count: found.length, more: false };
  }
  const { filter, query } = selection;
  if (query === '') {
    const counts = await countMembers(context, organizationId);
    return { count: counts[filter] ?? 0, more: false };
  }
  let count = 0;
  let cursor: string | null = null;
  do {
    // oxlint-disable-next-line no-await-in-loop
    const page = await readSelection(context, { organizationId, selection, cursor, limit: MEMBERS_A_PAGE });
    count += page.userIds.length;
    cursor = page.next;
  } while (cursor !== null && count < MOST_COUNTED);
  return { count, more: cursor !== null };
}

/** The members of a selection, starting at a position. `next` is null at the end. */
export async function readSelection(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly selection: BulkSelection;
    readonly cursor: string | null;
    readonly limit: number;
  },
): Promise<{ readonly userIds: readonly string[]; readonly next: string | null }> {
  const { organizationId, selection, cursor, limit } = request;
  if ('userIds' in selection) {
    const from = Number(cursor ?? 0);
    const to = from + limit;
    const { userIds } = selection;
    return { userIds: userIds.slice(from, to), next: to < userIds.length ? String(to) : null };
  }
  const { filter, query } = selection;
  // Unlike an index, the host's table keeps its order while members are changed.
  const found = await listFromDirectory(context, { organizationId, filter, search: query, limit, cursor });
  return { userIds: found.members.map(({ id }) => id), next: parseHostCursor(found.nextCursor) };
}

/** The chosen people who are members of this organization, each once. */
export async function findChosen(
  { directory }: FlowContext,
  organizationId: string,
  userIds: readonly string[],
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  if (userIds.length === 0) return [];
  const found = await directory.findMany([...new Set(userIds)]);
  return [...found.values()].filter((account) => account.organizationId === organizationId);
}
