import type { Router } from 'express';
import type { MemberState } from '../../core/member/member-state';
import {
  MEMBER_COLUMNS,
  MEMBER_FILTERS,
  countMembers,
  listMembers,
  memberRows,
  parseMemberFilter,
  type ListedMember,
  type MemberFilter,
  type MemberPage,
} from '../../flows/admin/member-list';
import { refusePlainly, show } from '../kernel/page-route';
import type { Moment } from '../kernel/render-page';
import {
  adminHead,
  pageSize,
  pathWith,
  searchQuery,
  textQuery,
  type Tone,
  type WithAdmin,
} from './admin-page';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { csvFileName, sendCsv } from './csv';
import { pagingOf, type Paging } from './paging';
import { grouped, kindName } from './words';
import { ENGLISH } from '../../factors/english';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/members': MembersLocals;
  }
}

const FILTER_WORDS: Readonly<Record<MemberFilter, string>> = {
  all: 'All',
  'not-configured': 'Not configured',
  'in-grace': 'In grace',
  exempt: 'Exempt',
  locked: 'Locked',
  federated: 'Single sign-on',
};

export function addMemberRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/members', readRoute(routes, showMembers));
  router.get('/:organizationId/members.csv', readRoute(routes, sendMembersCsv));
}

interface ListQuery {
  readonly filter: MemberFilter;
  readonly query: string;
}

/** Null where the filter is unknown; the request was answered then. */
async function readQuery(page: AdminPage): Promise<ListQuery | null> {
  const given: unknown = page.req.query['filter'];
  const filter = given === undefined || given === '' ? 'all' : parseMemberFilter(given);
  if (filter === null) {
    await refusePlainly(page, { because: 'unknown-filter', status: 400, next: `${page.basePath}/members` });
    return null;
  }
  return { filter, query: searchQuery(page.req) };
}

async function showMembers(page: AdminPage): Promise<void> {
  const { context, organization, req } = page;
  const listQuery = await readQuery(page);
  if (listQuery === null) return;
  const limit = pageSize(req);
  if (limit === null) {
    return refusePlainly(page, { because: 'page-size', status: 400, next: `${page.basePath}/members` });
  }
  const cursor = textQuery(req, 'cursor');
  const search = listQuery.query === '' ? {} : { query: listQuery.query };
  const [listed, counts] = await Promise.all([
    listMembers(context, {
      organizationId: organization.id,
      filter: listQuery.filter,
      limit,
      ...search,
      ...(cursor === '' ? {} : { cursor }),
    }),
    countMembers(context, organization.id),
  ]);
  if (page.json) {
    page.res.json({ ...listed, counts });
    return;
  }
  await showList(page, { listQuery, listed, counts });
}

async function showList(
  page: AdminPage,
  found: {
    readonly listQuery: ListQuery;
    readonly listed: MemberPage;
    readonly counts: Readonly<Record<MemberFilter, number>>;
  },
): Promise<void> {
  const { listQuery, listed, counts } = found;
  const { query } = listQuery;
  const filter = listQuery.filter === 'all' ? '' : listQuery.filter;
  const path = `${page.basePath}/members`;
  const { nextCursor, members } = listed;
  const limit = textQuery(page.req, 'limit');
  const total = query === '' ? (counts[listQuery.filter] ?? 0) : null;
  const isWaiting = query === '' && (filter === 'not-configured' || filter === 'in-grace');
  await show(page, 'admin/members', {
    admin: adminHead(page, 'members', true),
    filters: MEMBER_FILTERS.map((one) => ({
      text: FILTER_WORDS[one] ?? kindName(one),
      count: grouped(counts[one] ?? 0),
      path: pathWith(path, { filter: one === 'all' ? '' : one, q: query }),
      chosen: one === listQuery.filter,
    })),
    filter: listQuery.filter,
    query,
    csvPath: pathWith(`${path}.csv`, { filter, q: query }),
    clearPath: filter === '' && query === '' ? null : path,
    clearSearchPath: pathWith(path, { filter }),
    members: members.map((member) => toRow(page, member)),
    ...pagingOf(page.req, {
      path,
      query: { filter, q: query, limit },
      rows: members.length,
      total,
      nextCursor,
    }),
    total,
    remindPath: isWaiting ? pathWith(`${page.basePath}/bulk`, { act: 'remind', filter }) : null,
    incomplete: false,
  });
}

export function memberPath(page: AdminPage, userId: string): string {
  return `${page.basePath}/members/${encodeURIComponent(userId)}`;
}

function toRow(page: AdminPage, { id, name, email, mfa, lastUsedAt }: ListedMember): MemberRow {
  return {
    id,
    path: memberPath(page, id),
    name,
    email: email ?? null,
    badges: stateBadges(mfa),
    methods: methodWords(mfa),
    lastUsedAt: lastUsedAt === null ? null : ENGLISH.moment(lastUsedAt),
  };
}

async function sendMembersCsv(page: AdminPage): Promise<void> {
  const { context, organization, req, res } = page;
  const listQuery = await readQuery(page);
  if (listQuery === null) return;
  const { filter, query } = listQuery;
  const search = query === '' ? {} : { query };
  await sendCsv(req, res, {
    fileName: csvFileName('members', organization.id),
    columns: MEMBER_COLUMNS,
    rows: memberRows(context, { organizationId: organization.id, filter, ...search }),
  });
}

export interface StateBadge {
  readonly tone: Tone;
  readonly icon: string;
  readonly text: string;
}

export interface MemberRow {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly email: string | null;
  readonly badges: readonly StateBadge[];
  readonly methods: string;
  readonly lastUsedAt: Moment | null;
}

export interface MembersLocals extends WithAdmin, Paging {
  readonly filters: readonly {
    readonly text: string;
    readonly count: string | null;
    readonly path: string;
    readonly chosen: boolean;
  }[];
  readonly filter: string;
  readonly query: string;
  readonly csvPath: string;
  readonly clearPath: string | null;
  readonly clearSearchPath: string;
  readonly members: readonly MemberRow[];
  /** Of the whole list; null for a search. */
  readonly total: number | null;
  /** Reminds everybody on the list; null where it is of people who have nothing to set up. */
  readonly remindPath: string | null;
  /** The index of this filter is still being built. */
  readonly incomplete: boolean;
}

/** The state of a member as icons and words, the most urgent first. */
export function stateBadges(state: MemberState): readonly StateBadge[] {
  const badges: StateBadge[] = [];
  if (state.lockedUntil !== undefined) badges.push({ tone: 'bad', icon: 'locked', text: 'Locked' });
  if (state.exemption !== undefined) badges.push({ tone: 'neutral', icon: 'clock', text: 'Exempt' });
  if (state.needsStronger === true)
    badges.push({ tone: 'attention', icon: 'attention', text: 'Needs a stronger method' });
  else if (state.configured) badges.push({ tone: 'good', icon: 'good', text: 'On' });
  else if (state.federated) badges.push({ tone: 'neutral', icon: 'people', text: 'Single sign-on' });
  else if (state.exemption === undefined) {
    badges.push({ tone: 'attention', icon: 'attention', text: 'Not configured' });
  }
  if (state.inGrace) badges.push({ tone: 'neutral', icon: 'clock', text: 'In grace' });
  return badges;
}

/** The methods of a member, or why there are none. */
export function methodWords(state: MemberState): string {
  const { kinds, exemption, federated, inGrace, graceUntil, skipsLeft, assignedKind } = state;
  const until =
    exemption === undefined
      ? null
      : `exempt until ${ENGLISH.day(exemption.until).text} · ${exemption.reason}`;
  if (kinds.length > 0) {
    const named = kinds.map((kind) => kindName(kind)).join(', ');
    return until === null ? named : `${named} · ${until}`;
  }
  if (until !== null) return until;
  if (federated) return 'handled by the provider';
  if (inGrace) {
    const date = graceUntil === undefined ? [] : [`until ${ENGLISH.day(graceUntil).text}`];
    const count = skipsLeft === undefined ? [] : [`${skipsLeft} ${skipsLeft === 1 ? 'skip' : 'skips'} left`];
    return ['may put it off', ...date, ...count].join(', ');
  }
  return assignedKind === undefined ? '—' : `${kindName(assignedKind)} assigned, not set up yet`;
}
