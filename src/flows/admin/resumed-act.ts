import { createHash } from 'node:crypto';
import type { FlowContext } from '../context/context';
import { countSelection, findChosen, type BulkSelection } from './bulk-request';
import { listMembers } from './member-list';

/** The target of an action that is waiting for a proof: a member, several members, or the organization. */
export interface ActTarget {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly selection: BulkSelection | null;
}

/**
 * If the fingerprint changes, the action is not performed. Null for the organization, which has the version of the policy.
 * Undefined if there is no such member.
 */
export async function fingerprintTarget(
  context: FlowContext,
  { organizationId, userId, selection }: ActTarget,
): Promise<string | null | undefined> {
  if (userId !== null) {
    const [member] = await describeMembers(context, organizationId, [userId]);
    return member === undefined ? undefined : digest(member);
  }
  if (selection === null) return null;
  return digest(
    'userIds' in selection
      ? await describeMembers(context, organizationId, selection.userIds)
      : await describeMatches(context, organizationId, selection),
  );
}

type FilterSelection = Exclude<BulkSelection, { readonly userIds: readonly string[] }>;

const MOST_COMPARED = 1000;
const MEMBERS_A_PAGE = 200;

/** The members that match: one may have left and another joined. Of more than a thousand, the first ones and the count. */
async function describeMatches(
  context: FlowContext,
  organizationId: string,
  selection: FilterSelection,
): Promise<readonly unknown[]> {
  const { filter, query } = selection;
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? {} : { cursor };
    // oxlint-disable-next-line no-await-in-loop
    const page = await listMembers(context, {
      organizationId,
      filter,
      query,
      limit: MEMBERS_A_PAGE,
      ...after,
    });
    ids.push(...page.members.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined && ids.length < MOST_COMPARED);
  const compared = ids.toSorted();
  return cursor === undefined
    ? compared
    : [compared, await countSelection(context, organizationId, selection)];
}

async function describeMembers(
  context: FlowContext,
  organizationId: string,
  userIds: readonly string[],
): Promise<readonly unknown[]> {
  const chosen = await findChosen(context, organizationId, userIds);
  const ids = chosen.map(({ id }) => id).toSorted();
  const records = await context.records.findMembers(ids, organizationId);
  return records.map(({ userId, settings, authenticators }) => [
    userId,
    settings,
    authenticators.map(({ id, disabledAt }) => [id, disabledAt]),
  ]);
}

function digest(described: unknown): string {
  return createHash('sha256').update(JSON.stringify(described)).digest('base64url').slice(0, 22);
}
