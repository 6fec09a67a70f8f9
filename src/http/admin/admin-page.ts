import type { Request } from 'express';
import { isMfaOn } from '../../core/decision/decision';
import type { WithPage } from '../kernel/render-page';
import { returnToHere } from '../kernel/request';
import { nextPath } from '../kernel/respond';
import type { AdminPage } from './admin-route';

/** Values of `done` in the query after a change. Each has its own message; text from the URL itself is never shown. */
const DONE = [
  'policy',
  'duration',
  'off',
  'settings',
  'exempted',
  'exemption-ended',
  'reset',
  'unlocked',
  'sessions-ended',
  'reminded',
  'session-ended',
  'all-sessions-ended',
] as const;

/** The head of a page. With `forms`, it offers to prove the second factor before the user fills in a form. */
export function adminHead(page: AdminPage, tab: AdminTab, forms: boolean): AdminHead {
  const { context, organization, organizations, basePath, gathered, administered, unproven, req } = page;
  const { adminPath, pagesPath } = context.options;
  const configurable = isMfaOn(gathered.facts) || administered !== null;
  return {
    organizationName: organization.name,
    basePath,
    tab,
    changePath: organizations.length > 1 ? adminPath : null,
    configurePath: configurable ? `${pagesPath}/settings` : null,
    confirmPath: forms && unproven !== null ? nextPath(context, unproven, returnToHere(context, req)) : null,
    notice: noticeOf(page),
  };
}

function noticeOf({ req, kept, translator: { t } }: AdminPage): AdminHead['notice'] {
  const done = DONE.find((word) => word === textQuery(req, 'done'));
  if (done !== undefined) return { tone: 'good', text: t(`admin.done.${done}`) };
  if (kept === null) return null;
  if (textQuery(req, 'changed') !== 'yes') return { tone: 'attention', text: t('admin.unconfirmed') };
  const changed = kept.userId === null ? 'admin.unconfirmed.changed.many' : 'admin.unconfirmed.changed';
  return { tone: 'attention', text: t(changed) };
}

export type AdminTab = 'overview' | 'policy' | 'members' | 'sessions' | 'events';
export type Tone = 'good' | 'attention' | 'bad' | 'neutral';

export interface AdminHead {
  readonly organizationName: string;
  /** Path of the organization's pages, without a slash at the end. */
  readonly basePath: string;
  readonly tab: AdminTab;
  /** Null if the administrator has one organization only. */
  readonly changePath: string | null;
  /** The administrator's own settings; null if MFA is off for them. */
  readonly configurePath: string | null;
  /** The page for the proof that changes need; null while the last proof is fresh, and on pages without forms. */
  readonly confirmPath: string | null;
  readonly notice: { readonly tone: Tone; readonly text: string } | null;
}

export interface WithAdmin extends WithPage {
  readonly admin: AdminHead;
}

export interface LinkLocals {
  readonly text: string;
  readonly path: string;
}

/** A query parameter as text; empty if it is missing or a list. */
export function textQuery(req: Request, name: string): string {
  const value: unknown = Object.hasOwn(req.query, name) ? req.query[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Adds the parameters that are not empty to a path. */
export function pathWith(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

const LONGEST_QUERY = 100;

export function searchQuery(req: Request): string {
  return textQuery(req, 'q').trim().slice(0, LONGEST_QUERY);
}

export const PAGE_SIZE = 50;
const LARGEST_PAGE = 200;

/** The rows of a page: `limit`, 1 to 200; 50 if it is missing. Null if it is invalid. */
export function pageSize(req: Request): number | null {
  const given: unknown = req.query['limit'];
  if (given === undefined || given === '') return PAGE_SIZE;
  if (typeof given !== 'string' || !/^\d{1,3}$/.test(given)) return null;
  const size = Number(given);
  return size >= 1 && size <= LARGEST_PAGE ? size : null;
}

export interface Paging {
  /** The rows from first to last; the total is null if it is not known. Null if there are none. */
  readonly range: { readonly first: number; readonly last: number; readonly total: number | null } | null;
  readonly firstPath: string | null;
  readonly previousPath: string | null;
  readonly nextPath: string | null;
}

/** The pages before this one. Lists are read by cursor, so a page cannot be found by its number. */
const TRAIL = 'trail';
const LONGEST_TRAIL = 20;
const LONGEST_CURSOR = 300;

interface PagePosition {
  /** Rows before the page. */
  readonly at: number;
  /** Empty for the first page. */
  readonly cursor: string;
}

export function pagingOf(
  req: Request,
  list: {
    readonly path: string;
    /** Parameters that every link keeps. */
    readonly query: Readonly<Record<string, string>>;
    readonly rows: number;
    /** Null if it is not known. */
    readonly total: number | null;
    readonly nextCursor: string | undefined;
  },
): Paging {
  const { path, query, rows, total, nextCursor } = list;
  const given = new URLSearchParams(req.originalUrl.split('?')[1] ?? '');
  const trail = given.getAll(TRAIL).flatMap(readPosition).slice(-LONGEST_TRAIL);
  const here: PagePosition = { at: readCount(given.get('at')), cursor: given.get('cursor') ?? '' };
  const previous = trail.at(-1);
  const linkTo = (place: PagePosition, before: readonly PagePosition[]) => {
    const kept = Object.entries(query).filter(([, value]) => value !== '');
    const link = new URLSearchParams(kept);
    if (place.cursor !== '') link.set('cursor', place.cursor);
    if (place.at > 0) link.set('at', String(place.at));
    for (const { at, cursor } of before.slice(-LONGEST_TRAIL)) link.append(TRAIL, `${at}~${cursor}`);
    return link.size === 0 ? path : `${path}?${link.toString()}`;
  };
  const end = here.at + rows;
  return {
    range:
      rows === 0
        ? null
        : { first: here.at + 1, last: end, total: total === null ? null : Math.max(total, end) },
    firstPath: here.cursor === '' ? null : linkTo(FIRST, []),
    previousPath: previous === undefined ? null : linkTo(previous, trail.slice(0, -1)),
    nextPath: nextCursor === undefined ? null : linkTo({ at: end, cursor: nextCursor }, [...trail, here]),
  };
}

const FIRST: PagePosition = { at: 0, cursor: '' };

function readPosition(text: string): readonly PagePosition[] {
  const [, at, cursor] = /^(\d{1,9})~(.*)$/s.exec(text) ?? [];
  if (at === undefined || cursor === undefined || cursor.length > LONGEST_CURSOR) return [];
  return [{ at: Number(at), cursor }];
}

function readCount(text: string | null): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
