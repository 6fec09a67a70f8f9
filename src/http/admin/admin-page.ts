import type { Request } from 'express';
import { isMfaOn } from '../../core/decision/facts';
import type { WithPage } from '../kernel/render-page';
import { returnToHere } from '../kernel/request';
import { nextPath } from '../kernel/respond';
import type { AdminPage } from './admin-route';

/** Messages by the word in the query of the redirect after a change. Text from the address itself is never shown. */
const DONE: ReadonlyMap<string, string> = new Map([
  ['policy', 'The policy is saved. It applies from everybody’s next page.'],
  ['duration', 'The session times are saved. They apply to open sessions, too.'],
  ['off', 'Multi-factor authentication is off. Nobody is asked for a second factor.'],
  ['settings', 'The settings are saved. They apply from this member’s next page.'],
  ['exempted', 'The member is exempt until the date below.'],
  ['exemption-ended', 'The exemption has ended.'],
  ['reset', 'Every method was removed, and the member’s sessions have ended. We’ve emailed the member.'],
  ['unlocked', 'The member can try again.'],
  ['sessions-ended', 'This member’s sessions have ended.'],
  ['reminded', 'The reminder is on its way.'],
  ['session-ended', 'The session has ended.'],
  ['all-sessions-ended', 'Every session of this organization has ended, except the ones you kept.'],
]);

/** The head of a page. `forms`: the page has forms, so it offers to prove the second factor before they are filled in. */
export function adminHead(page: AdminPage, tab: AdminTab, forms: boolean): AdminHead {
  const { context, organization, organizations, basePath, gathered, administered, unproven, req, kept } =
    page;
  const { adminPath, pagesPath } = context.options;
  const done = DONE.get(textQuery(req, 'done'));
  const configurable = isMfaOn(gathered.facts) || administered !== null;
  return {
    organizationName: organization.name,
    basePath,
    tab,
    changePath: organizations.length > 1 ? adminPath : null,
    configurePath: configurable ? `${pagesPath}/settings` : null,
    confirmPath: forms && unproven !== null ? nextPath(context, unproven, returnToHere(context, req)) : null,
    notice: noticeOf(done, { isUnconfirmed: kept !== null, isChanged: textQuery(req, 'changed') === 'yes' }),
  };
}

function noticeOf(
  done: string | undefined,
  { isUnconfirmed, isChanged }: { readonly isUnconfirmed: boolean; readonly isChanged: boolean },
): AdminHead['notice'] {
  if (done !== undefined) return { tone: 'good', text: done };
  if (!isUnconfirmed) return null;
  const first = isChanged ? 'Someone changed this member meanwhile. ' : '';
  return { tone: 'attention', text: `${first}Nothing was changed yet. Choose it again to confirm.` };
}

export type AdminTab = 'overview' | 'policy' | 'members' | 'sessions' | 'events';
export type Tone = 'good' | 'attention' | 'bad' | 'neutral';

/** The head of every page of one organization. */
export interface AdminHead {
  readonly organizationName: string;
  /** Path of the organization's pages, without a slash at the end. */
  readonly basePath: string;
  readonly tab: AdminTab;
  /** Null where the administrator has one organization only. */
  readonly changePath: string | null;
  /** The administrator's own settings; null where MFA is off for them. */
  readonly configurePath: string | null;
  /** Where to give the proof that changes need; null while the last one is fresh, and on pages without forms. */
  readonly confirmPath: string | null;
  readonly notice: { readonly tone: Tone; readonly text: string } | null;
}

export interface WithAdmin extends WithPage {
  readonly admin: AdminHead;
}

/** A link with words, for a chip, a page or a warning. */
export interface LinkLocals {
  readonly text: string;
  readonly path: string;
}

/** A text of the query; empty where it is missing or not a text, such as a list. */
export function textQuery(req: Request, name: string): string {
  const value: unknown = Object.hasOwn(req.query, name) ? req.query[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** A path with the parameters that are not empty. */
export function pathWith(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

const LONGEST_QUERY = 100;

/** What was typed into the search field. */
export function searchQuery(req: Request): string {
  return textQuery(req, 'q').trim().slice(0, LONGEST_QUERY);
}

export const PAGE_SIZE = 50;
const LARGEST_PAGE = 200;

/** The rows of a page: `limit`, 1 to 200; 50 where it is missing. Null where it is invalid. */
export function pageSize(req: Request): number | null {
  const given: unknown = req.query['limit'];
  if (given === undefined || given === '') return PAGE_SIZE;
  if (typeof given !== 'string' || !/^\d{1,3}$/.test(given)) return null;
  const size = Number(given);
  return size >= 1 && size <= LARGEST_PAGE ? size : null;
}
