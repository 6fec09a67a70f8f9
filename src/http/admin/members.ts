import type { Router } from 'express';
import { wordsOf } from '../../factors/factor-words';
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
import type { Moment, Translator } from '../../messages/translator';
import { refusePlainly, show } from '../kernel/page-route';
import {
  adminHead,
  pageSize,
  pagingOf,
  pathWith,
  searchQuery,
  textQuery,
  type Paging,
  type WithAdmin,
} from './admin-page';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { csvFileName, csvHeadings, sendCsv } from './csv';
import { methodWords, stateBadges, type StateBadge } from './words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/members': MembersLocals;
  }
}

export function addMemberRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/members', readRoute(routes, showMembers));
  router.get('/:organizationId/members.csv', readRoute(routes, sendMembersCsv));
}

interface ListQuery {
  readonly filter: MemberFilter;
  readonly query: string;
}

/** Null if the filter is unknown; the response is already sent then. */
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
      text: filterName(page.translator, one),
      count: page.translator.number(counts[one] ?? 0),
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
    badges: stateBadges(page.translator, mfa),
    methods: methodWords(page.translator, mfa),
    lastUsedAt: lastUsedAt === null ? null : page.translator.moment(lastUsedAt),
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
    columns: csvHeadings(page.translator, MEMBER_COLUMNS),
    rows: memberRows(context, { organizationId: organization.id, filter, ...search }),
  });
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
  /** The length of the whole list; null for a search. */
  readonly total: number | null;
  /** The page to remind everyone on the list; null unless the filter selects members who still have to set up a method. */
  readonly remindPath: string | null;
}

function filterName(translator: Translator, filter: MemberFilter): string {
  const key = `admin.members.filter.${filter}`;
  return translator.has(key) ? translator.t(key) : wordsOf(translator, filter).name;
}
