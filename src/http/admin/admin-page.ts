import { isMfaOn } from '../../core/as-administrator';
import type { AdminHead, AdminTab } from '../admin-head';
import { answerRefusal, show } from '../pages/page-route';
import type { PageRequest } from '../pages/page-route';
import { nextPath } from '../respond';
import type { Refusal } from '../respond';
import { returnToHere } from '../return-to';
import { sentenceFor } from '../sentences';
import { textQuery } from './admin-query';
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

/** A refusal that no form stands beside. */
export function refusePlainly(page: PageRequest, refusal: Refusal): Promise<void> {
  const { defaultReturnTo, issuer } = page.context.options;
  const { because, next } = refusal;
  const foreign = because === 'not-an-administrator';
  return answerRefusal(page, refusal, (status) =>
    show(
      page,
      'message',
      {
        tone: 'attention',
        heading: foreign ? 'Only for administrators' : 'There is no such list',
        paragraphs: [sentenceFor(because)],
        retryAt: null,
        action:
          next === undefined
            ? { label: `Back to ${issuer}`, path: defaultReturnTo }
            : { label: 'Show the whole list', path: next },
        secondary: null,
      },
      status,
    ),
  );
}
