import type { Router } from 'express';
import { findUnlockLink } from '../../flows/challenge/unlock-link';
import { keepFormsHere } from '../kernel/headers';
import type { HttpContext } from '../kernel/http-context';
import { field, pageRoute, pathOf, show, type PageRequest } from '../kernel/page-route';
import { sendNext } from '../kernel/respond';
import { updateSessionData } from '../session/session-data';
import { addUnlockChallengeRoutes, refuseUnlock } from './unlock-challenge';

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
  const { context, req, res, identity } = page;
  const link = await findUnlockLink(context, field(page, 'token'));
  if (link === undefined) return refuseUnlock(page, 'unlock-link-over');
  if (identity.kind === 'known' && identity.account.id !== link.userId)
    return refuseUnlock(page, 'unlock-link-of-another');
  updateSessionData(req, { unlock: link.tokenHash });
  const signedIn = identity.kind === 'known';
  const next = signedIn ? pathOf(page, '/unlock/challenge') : context.options.loginPath;
  return sendNext(req, res, { outcome: signedIn ? 'challenge' : 'sign-in', next });
}
