import type { Router } from 'express';
import { findUnlockLink } from '../../flows/unlock-link';
import type { HttpContext } from '../http-context';
import { keepFormsHere } from '../keep-forms-here';
import { sendNext } from '../respond';
import { updateSlot } from '../session-slot';
import { field, pageRoute, pathOf, show } from './page-route';
import type { PageRequest } from './page-route';
import { refuseUnlock } from './refuse-unlock';
import { addUnlockChallengeRoutes } from './unlock-challenge';

export function addUnlockRoutes(router: Router, context: HttpContext): void {
  const keepForms = keepFormsHere(context);
  router.get('/unlock', keepForms, pageRoute(context, showLink));
  router.post('/unlock', keepForms, pageRoute(context, followLink));
  addUnlockChallengeRoutes(router, context);
}

/** What the link in the mail opens. It changes nothing, since mail scanners open links too. */
async function showLink(page: PageRequest): Promise<void> {
  const submitted = page.req.query['token'];
  const link = await findUnlockLink(page.context, submitted);
  if (link === undefined || typeof submitted !== 'string') return refuseUnlock(page, 'unlock-link-over');
  if (page.json) {
    page.res.json({ outcome: 'unlock', next: pathOf(page, '/unlock'), lockedUntil: link.expiresAt });
    return;
  }
  await show(page, 'unlock', { token: submitted });
}

/** The link is remembered in the visitor's session; the password and a factor come next. */
async function followLink(page: PageRequest): Promise<void> {
  const { context, req, res, visitor } = page;
  const link = await findUnlockLink(context, field(page, 'token'));
  if (link === undefined) return refuseUnlock(page, 'unlock-link-over');
  if (visitor.kind === 'known' && visitor.account.id !== link.userId)
    return refuseUnlock(page, 'unlock-link-of-another');
  updateSlot(req, { unlock: link.tokenHash });
  const signedIn = visitor.kind === 'known';
  const next = signedIn ? pathOf(page, '/unlock/challenge') : context.options.loginPath;
  return sendNext(req, res, { outcome: signedIn ? 'challenge' : 'sign-in', next });
}
