import type { FlowContext } from '../context';
import { listMembers } from './member-list';
import type { ListedMember, MemberQuery } from './member-list';

export const MEMBER_COLUMNS: readonly string[] = [
  'id',
  'name',
  'email',
  'configured',
  'methods',
  'assigned',
  'exempt until',
  'exemption reason',
  'locked until',
  'federated',
  'in grace',
  'last used',
];

const MEMBERS_A_PAGE = 200;

/** The filtered list as rows of text under MEMBER_COLUMNS, page after page. Instants in ISO 8601. Escaping is the writer's. */
export async function* memberRows(
  context: FlowContext,
  query: Pick<MemberQuery, 'organizationId' | 'filter' | 'query'>,
): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined;
  do {
    // Each page begins where the one before ended, and none is read before the reader wants it.
    // oxlint-disable-next-line no-await-in-loop
    const page = await listMembers(context, {
      ...query,
      limit: MEMBERS_A_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.members.map((member) => toRow(member));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

function toRow({ id, name, email, mfa, lastUsedAt }: ListedMember): readonly string[] {
  return [
    id,
    name,
    email ?? '',
    yesOrNo(mfa.configured),
    mfa.kinds.join(' '),
    mfa.assignedKind ?? '',
    instant(mfa.exemption?.until),
    mfa.exemption?.reason ?? '',
    instant(mfa.lockedUntil),
    yesOrNo(mfa.federated),
    yesOrNo(mfa.inGrace),
    instant(lastUsedAt ?? undefined),
  ];
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

export function instant(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}
