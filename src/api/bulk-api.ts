import { ConfigurationError } from '../core/errors';
import { findBulkProgress, startBulkAct, type BulkProgress } from '../flows/admin/bulk-act';
import { MOST_CHOSEN, type BulkAct, type BulkChange, type BulkSelection } from '../flows/admin/bulk-request';
import type { MemberFilter } from '../flows/admin/member-list';
import { newId, type FlowContext } from '../flows/context/context';
import { idText, resolveActor, type ActorOptions, type HostId } from './host-actor';

/** Several members of one organization: by id, or by a filter and a search. */
export interface ManyMembers extends ActorOptions {
  /** Default `default`. */
  readonly organizationId?: HostId;
  /** At most 1000. */
  readonly userIds?: readonly HostId[];
  /** Instead of `userIds`: all members in the filter, such as `all` or `not-configured`. */
  readonly filter?: MemberFilter;
  /** Restricts the filter to names and addresses with this text. */
  readonly query?: string;
}

export interface BulkApi {
  /**
   * Performs the same change for many members, with the checks, events and notices of the call for one member. A large change
   * runs in the background. Members for whom the change is refused are skipped. `already-running`: the same act is still
   * running, and nothing was started. If this process ends, another one continues the work.
   * @throws ConfigurationError if `userIds` and `filter` are both missing, or the act is not possible with these values.
   * @example
   * await mfa.members.changeMany({ organizationId: 'acme', filter: 'not-configured' }, { act: 'remind' });
   */
  changeMany(
    members: ManyMembers,
    change: BulkChange,
  ): Promise<
    | { readonly outcome: 'started' }
    | { readonly outcome: 'refused'; readonly because: 'nobody-chosen' | 'already-running' }
  >;
  /** The progress of the newest `changeMany` with this act. Null if there was none. */
  findProgress(work: BulkWork): Promise<BulkProgress | null>;
}

export interface BulkWork {
  /** Default `default`. */
  readonly organizationId?: HostId;
  readonly act: BulkAct;
}

export function createBulkApi(context: FlowContext): BulkApi {
  return {
    async changeMany(members, change) {
      const { organizationId = 'default' } = members;
      const result = await startBulkAct(context, {
        organizationId: idText(organizationId),
        actor: await resolveActor(context, members.actorId),
        origin: null,
        change,
        selection: toSelection(members),
        run: newId(),
        epoch: null,
      });
      if (result.outcome === 'started') return result;
      const { because } = result;
      if (because === 'nobody-chosen' || because === 'already-running')
        return { outcome: 'refused', because };
      const [field, message] = FAULTS[because];
      throw new ConfigurationError(`members.changeMany.change.${field}`, message, { because });
    },
    findProgress: ({ organizationId = 'default', act }) =>
      findBulkProgress(context, { organizationId: idText(organizationId), act }),
  };
}

/** All members are selected only by an explicit filter. */
function toSelection({ userIds, filter, query = '' }: ManyMembers): BulkSelection {
  if (userIds !== undefined) {
    if (userIds.length <= MOST_CHOSEN) return { userIds: userIds.map(idText) };
    throw new ConfigurationError(
      'members.changeMany.members.userIds',
      `there are more than ${MOST_CHOSEN}. Call it for fewer at a time, or write filter: 'all'.`,
    );
  }
  if (filter !== undefined) return { filter, query };
  throw new ConfigurationError(
    'members.changeMany.members',
    "it selects no members. Write userIds: ['7', '8'], or filter: 'all' for all members.",
  );
}

const FAULTS = {
  'kind-not-allowed': [
    'assignedKind',
    'the policy of the organization does not allow this kind, or this app has no sender for it. Name another kind, or null for any.',
  ],
  'reason-missing': ['reason', 'it is empty. Write a reason.'],
  'end-not-in-future': [
    'until',
    'it is not in the future. Write epoch milliseconds, such as Date.now() + 30 * 86_400_000.',
  ],
  'end-too-far': ['until', 'it is more than ten years ahead. Write an earlier end; it can be extended.'],
} as const;
