import type { Gathered } from '../../flows/gather-facts';
import { findKeptForm } from '../kept-form';
import { stepUpPurpose } from '../step-up-purpose';
import { findWaitingAct } from '../waiting-act';
import { pathOf } from './page-route';
import type { KnownPageRequest } from './page-route';

/** What the proof is for, in words, and where the person goes who does not want to give it. */
export function purposeOf(
  page: KnownPageRequest,
  { member }: Gathered,
): { readonly purpose: string; readonly cancelPath: string } {
  const { context, req, returnTo } = page;
  const { pagesPath, adminPath, defaultReturnTo } = context.options;
  const inPages = returnTo !== null && returnTo.startsWith(`${pagesPath}/`);
  const administering = returnTo !== null && returnTo.startsWith(`${adminPath}/`);
  const purpose = stepUpPurpose({
    act: findWaitingAct(req, returnTo, context.clock.now()),
    page: inPages ? returnTo.slice(pagesPath.length) : null,
    administering,
    authenticators: member.authenticators,
  });
  const hasSettings = inPages && member.authenticators.length > 0;
  // Where the form waits that was sent without the proof.
  const form = administering && findKeptForm(req, returnTo, context.clock.now()) !== null ? returnTo : null;
  return { purpose, cancelPath: form ?? (hasSettings ? pathOf(page, '/settings') : defaultReturnTo) };
}
