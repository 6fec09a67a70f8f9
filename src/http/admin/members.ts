import type { Router } from 'express';
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
import { momentOf } from '../kernel/moments';
import { show } from '../kernel/page-route';
import { adminHead } from './admin-page';
import { refusePlainly } from '../kernel/page-route';
import { pageSize, pathWith, textQuery } from './admin-query';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { csvFileName, sendCsv } from './csv';
import { methodWords, stateBadges, type MemberRow } from './member-views';
import { grouped, kindName } from './words';

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

interface ChallengeHint {
  readonly filter: MemberFilter;
  readonly query: string;
}

const LONGEST_QUERY = 100;

/** Null where the request asks for what there is not; it has been answered then. */
async function readQuery(page: AdminPage): Promise<ChallengeHint | null> {
  const given: unknown = page.req.query['filter'];
  const filter = given === undefined || given === '' ? 'all' : parseMemberFilter(given);
  if (filter === null) {
    await refusePlainly(page, { because: 'unknown-filter', status: 400, next: `${page.basePath}/members` });
    return null;
  }
  return { filter, query: textQuery(page.req, 'q').trim().slice(0, LONGEST_QUERY) };
}

async function showMembers(page: AdminPage): Promise<void> {
  const { context, organization, req } = page;
  const asked = await readQuery(page);
  if (asked === null) return;
  const limit = pageSize(req);
  if (limit === null) {
    return refusePlainly(page, { because: 'page-size', status: 400, next: `${page.basePath}/members` });
  }
  const cursor = textQuery(req, 'cursor');
  const search = asked.query === '' ? {} : { query: asked.query };
  const [listed, counts] = await Promise.all([
    listMembers(context, {
      organizationId: organization.id,
      filter: asked.filter,
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
  await showList(page, { asked, cursor, listed, counts });
}

async function showList(
  page: AdminPage,
  found: {
    readonly asked: ChallengeHint;
    readonly cursor: string;
    readonly listed: MemberPage;
    readonly counts: Readonly<Record<MemberFilter, number>>;
  },
): Promise<void> {
  const { asked, cursor, listed, counts } = found;
  const { query } = asked;
  const filter = asked.filter === 'all' ? '' : asked.filter;
  const path = `${page.basePath}/members`;
  const { nextCursor, members } = listed;
  const limit = textQuery(page.req, 'limit');
  await show(page, 'admin/members', {
    admin: adminHead(page, 'members', false),
    filters: MEMBER_FILTERS.map((one) => ({
      text: FILTER_WORDS[one] ?? kindName(one),
      count: grouped(counts[one] ?? 0),
      path: pathWith(path, { filter: one === 'all' ? '' : one, q: query }),
      chosen: one === asked.filter,
    })),
    filter: asked.filter,
    query,
    csvPath: pathWith(`${path}.csv`, { filter, q: query }),
    clearPath: filter === '' && query === '' ? null : path,
    members: members.map((member) => toRow(page, member)),
    firstPath: cursor === '' ? null : pathWith(path, { filter, q: query, limit }),
    nextPath:
      nextCursor === undefined ? null : pathWith(path, { filter, q: query, limit, cursor: nextCursor }),
    incomplete: false,
  });
}

export function memberPath(page: AdminPage, userId: string): string {
  return `${page.basePath}/members/${encodeURIComponent(userId)}`;
}

function toRow(page: AdminPage, { id, name, email, mfa, lastUsedAt }: ListedMember): MemberRow {
  return {
    path: memberPath(page, id),
    name,
    email: email ?? null,
    badges: stateBadges(mfa),
    methods: methodWords(mfa),
    lastUsedAt: lastUsedAt === null ? null : momentOf(lastUsedAt),
  };
}

async function sendMembersCsv(page: AdminPage): Promise<void> {
  const { context, organization, req, res } = page;
  const asked = await readQuery(page);
  if (asked === null) return;
  const { filter, query } = asked;
  const search = query === '' ? {} : { query };
  await sendCsv(req, res, {
    fileName: csvFileName('members', organization.id),
    columns: MEMBER_COLUMNS,
    rows: memberRows(context, { organizationId: organization.id, filter, ...search }),
  });
}
