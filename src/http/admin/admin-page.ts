import { isMfaOn } from '../../core/decision/facts';
import { returnToHere } from '../kernel/request';
import { nextPath } from '../kernel/respond';
import { textQuery } from './admin-query';
import type { AdminPage } from './admin-route';
import type { AdminHead, AdminTab } from './admin-views';

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
