import type { MemberState } from '../../core/member/member-state';
import { ENROLLABLE_KINDS } from '../../factors/find-factor';
import type { IndexEntry } from '../../stores/record-store';
import type { FlowContext } from '../context/context';
import { matchesFilter, readIndexPage, readMemberCounts } from './member-index';
import { readMembers, readPolicyContext, type KnownMember } from './read-members';

export const MEMBER_FILTERS: readonly string[] = [
  'all',
  'not-configured',
  ...ENROLLABLE_KINDS,
  'exempt',
  'locked',
  'in-grace',
  'federated',
];
export type MemberFilter = string;

export function parseMemberFilter(value: unknown): MemberFilter | null {
  return MEMBER_FILTERS.find((filter) => filter === value) ?? null;
}

/** One row of the list. */
export interface ListedMember {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly mfa: MemberState;
  /** When any authenticator was last used. */
  readonly lastUsedAt: number | null;
}

export interface MemberPage {
  readonly members: readonly ListedMember[];
  /** Absent on the last page. A page may have fewer members than `limit` and still have a next one. */
  readonly nextCursor?: string;
}

export interface MemberQuery {
  readonly organizationId: string;
  readonly filter: MemberFilter;
  /** Searches names and addresses with the host's directory. A filter applies to the matches. */
  readonly query?: string;
  /** The cursor from the previous page. An invalid one starts at the beginning. */
  readonly cursor?: string;
  /** 1 to 200; other values are clamped. */
  readonly limit: number;
}

/** With only a filter, in the order of its index, otherwise of the host's table. At most three round trips to the records. */
export async function listMembers(context: FlowContext, query: MemberQuery): Promise<MemberPage> {
  const limit = Math.min(MOST_A_PAGE, Math.max(1, Math.trunc(Number.isNaN(query.limit) ? 1 : query.limit)));
  const search = query.query?.trim() ?? '';
  const { organizationId, filter, cursor } = query;
  if (filter !== 'all' && search === '') {
    const after = parseIndexCursor(cursor);
    const { members, next } = await readIndexPage(context, { organizationId, filter, after, limit });
    const page = { members: members.map(toListedMember) };
    return next === null ? page : { ...page, nextCursor: writeIndexCursor(next) };
  }
  return listFromDirectory(context, {
    organizationId,
    filter,
    search,
    limit,
    cursor: parseHostCursor(cursor),
  });
}

/** A search with a filter reads at most this many pages of the host's table for one result page. */
const MOST_HOST_PAGES = 5;
const MOST_A_PAGE = 200;

/** A page may be empty and still have a next one. Complete even before the indexes are. */
export async function listFromDirectory(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly filter: MemberFilter;
    readonly search: string;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<MemberPage> {
  const { organizationId, filter, search, limit } = request;
  const policyContext = readPolicyContext(context, organizationId);
  let { cursor } = request;
  for (let pages = 1; ; pages += 1) {
    // oxlint-disable-next-line no-await-in-loop
    const { accounts, nextCursor } = await context.directory.list({
      organizationId,
      limit,
      ...(search === '' ? {} : { query: search }),
      ...(cursor === null ? {} : { cursor }),
    });
    // oxlint-disable-next-line no-await-in-loop
    const members = await readMembers(context, { organizationId, accounts, policyContext });
    const fitting = members.filter(({ state }) => filter === 'all' || matchesFilter(state, filter));
    if (nextCursor === undefined) return { members: fitting.map(toListedMember) };
    if (fitting.length > 0 || pages === MOST_HOST_PAGES) {
      return { members: fitting.map(toListedMember), nextCursor: `${HOST_CURSOR}${nextCursor}` };
    }
    cursor = nextCursor;
  }
}

export function toListedMember({ account, record, state }: KnownMember): ListedMember {
  const { id, name, email } = account;
  const used = record.authenticators.flatMap(({ lastUsedAt }) => (lastUsedAt === null ? [] : [lastUsedAt]));
  return {
    id,
    name,
    ...(email === undefined ? {} : { email }),
    mfa: state,
    lastUsedAt: used.length === 0 ? null : Math.max(...used),
  };
}

// The prefix distinguishes the two kinds of cursor. A cursor from another filter starts at the beginning.
const HOST_CURSOR = 'd.';

export function parseHostCursor(cursor: string | undefined): string | null {
  return cursor?.startsWith(HOST_CURSOR) === true ? cursor.slice(HOST_CURSOR.length) : null;
}

function writeIndexCursor({ mark, userId }: IndexEntry): string {
  return `i.${mark}.${Buffer.from(userId, 'utf16le').toString('base64url')}`;
}

function parseIndexCursor(cursor: string | undefined): IndexEntry | null {
  const [, mark, userId] = /^i\.(\d{1,15})\.([\w-]*)$/.exec(cursor ?? '') ?? [];
  if (mark === undefined || userId === undefined) return null;
  return { mark: Number(mark), userId: Buffer.from(userId, 'base64url').toString('utf16le') };
}

/** From the indexes. A roster walk is started if they are a day old, or the host's table has grown. */
export async function countMembers(
  context: FlowContext,
  organizationId: string,
): Promise<Readonly<Record<MemberFilter, number>>> {
  const { counts } = await readMemberCounts(context, organizationId);
  return {
    all: counts.members,
    'not-configured': counts.notConfigured,
    ...counts.byKind,
    exempt: counts.exempt,
    locked: counts.locked,
    'in-grace': counts.inGrace,
    federated: counts.federated,
  };
}

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
  'needs a stronger method',
];

const MEMBERS_A_PAGE = 200;

/** The filtered list as rows for MEMBER_COLUMNS. Instants in ISO 8601. The writer escapes. */
export async function* memberRows(
  context: FlowContext,
  query: Pick<MemberQuery, 'organizationId' | 'filter' | 'query'>,
): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined;
  do {
    // Reads the next page only when the client is ready for it.
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
    yesOrNo(mfa.needsStronger === true),
  ];
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

export function instant(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}
