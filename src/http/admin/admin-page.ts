import type { Request } from 'express';
import { isMfaOn } from '../../core/decision/facts';
import type { WithPage } from '../kernel/render-page';
import { returnToHere } from '../kernel/request';
import { nextPath } from '../kernel/respond';
import type { AdminPage } from './admin-route';

/** What was done, by the word that the redirect after it carries; nothing of an address is ever shown as it came. */
const DONE: ReadonlyMap<string, string> = new Map([
  ['policy', 'The policy is saved. It holds from everybody’s next page.'],
  ['duration', 'The session times are saved. They hold for sessions that are open, too.'],
  ['off', 'Multi-factor authentication is off. Nobody is asked any more.'],
  ['settings', 'The settings are saved. They hold from this member’s next page.'],
  ['exempted', 'The member is exempt until the date below.'],
  ['exemption-ended', 'The exemption has ended.'],
  ['reset', 'Every method was removed, and the member’s sessions have ended. They were told.'],
  ['unlocked', 'The member can try again.'],
  ['sessions-ended', 'This member’s sessions have ended.'],
  ['all-sessions-ended', 'Every session of this organization has ended, but for those kept on purpose.'],
]);

/** What stands above the page. `forms`: the page changes something, so the proof that it needs is asked in time. */
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
    notice: noticeOf(done, kept !== null),
  };
}

function noticeOf(done: string | undefined, waits: boolean): AdminHead['notice'] {
  if (done !== undefined) return { tone: 'good', text: done };
  return waits ? { tone: 'attention', text: 'Nothing was changed yet. Choose it again to confirm.' } : null;
}

export type AdminTab = 'overview' | 'policy' | 'members' | 'sessions' | 'events';
export type Tone = 'good' | 'attention' | 'bad' | 'neutral';

/** What stands above every page of one organization. */
export interface AdminHead {
  readonly organizationName: string;
  /** Path of the organization's pages, without a slash at the end. */
  readonly basePath: string;
  readonly tab: AdminTab;
  /** Null where the administrator has one organization only. */
  readonly changePath: string | null;
  /** The administrator's own settings; null where MFA is off for them. */
  readonly configurePath: string | null;
  /** Where a proof is given that changes need; null while the last one is fresh, and on pages without forms. */
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

/** One text of the query; anything else, such as a list or an object, is as good as absent. */
export function textQuery(req: Request, name: string): string {
  const value: unknown = Object.hasOwn(req.query, name) ? req.query[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** A path with those parameters that say something. */
export function pathWith(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

const PAGE_SIZE = 50;
const LARGEST_PAGE = 200;

/** How many rows a page has: `limit`, 1 to 200, else 50. Null for what is no such number. */
export function pageSize(req: Request): number | null {
  const given: unknown = req.query['limit'];
  if (given === undefined || given === '') return PAGE_SIZE;
  if (typeof given !== 'string' || !/^\d{1,3}$/.test(given)) return null;
  const size = Number(given);
  return size >= 1 && size <= LARGEST_PAGE ? size : null;
}
