import type { Router } from 'express';
import { gatherFacts } from '../../flows/gather-facts';
import { listRememberedBrowsers } from '../../flows/list-browsers';
import { forgetBrowser, forgetBrowsers } from '../../flows/forget-browser';
import { MfaError } from '../../errors';
import type { HttpContext } from '../http-context';
import { originOf } from '../origin';
import { changeBrowserCookie, readBrowserCookie } from '../remembered-browser-cookie';
import { toBrowserList } from '../remembered-browser-rows';
import { sendNext } from '../respond';
import { knownPageRoute, pathOf } from './page-route';
import type { KnownPageRequest } from './page-route';
import { openOwnPage } from './sessions';

/** Below the settings, where they are listed. */
export function addRememberedBrowserRoutes(router: Router, context: HttpContext): void {
  router.get('/settings/remembered-browsers', knownPageRoute(context, list));
  router.post('/settings/remembered-browsers/forget-all', knownPageRoute(context, forgetAll));
  router.post('/settings/remembered-browsers/:id/forget', knownPageRoute(context, forgetOne));
}

/** JSON; the page is a part of the settings. */
async function list(page: KnownPageRequest): Promise<void> {
  const { context, res, visitor, json } = page;
  const { account, bearer } = visitor;
  const [gathered, browsers] = await Promise.all([
    openOwnPage(page, gatherFacts(context, account, bearer)),
    listRememberedBrowsers(context, account.id),
  ]);
  if (gathered === null) return;
  if (json) res.json({ rememberedBrowsers: toBrowserList(page, gathered, browsers) });
  else res.redirect(303, pathOf(page, '/settings'));
}

async function forgetOne(page: KnownPageRequest): Promise<void> {
  const { context, req, res, visitor } = page;
  const { account, bearer } = visitor;
  if ((await openOwnPage(page, gatherFacts(context, account, bearer))) === null) return;
  const id = String(req.params['id']);
  const forgotten = await forgetBrowser(context, { account, id, origin: originOf(req) });
  if (!forgotten) throw new MfaError('not-found', 'There is no such browser.');
  if (readBrowserCookie(context, req)?.id === id) changeBrowserCookie(context, res, 'clear');
  sendNext(req, res, { outcome: 'forgotten', next: settingsAfter(page, 'forgotten') });
}

async function forgetAll(page: KnownPageRequest): Promise<void> {
  const { context, req, res, visitor } = page;
  const { account, bearer } = visitor;
  if ((await openOwnPage(page, gatherFacts(context, account, bearer))) === null) return;
  const count = await forgetBrowsers(context, { account, origin: originOf(req) });
  changeBrowserCookie(context, res, 'clear');
  sendNext(req, res, { outcome: 'forgotten', count, next: settingsAfter(page, 'all-forgotten') });
}

/** A page says what was done; JSON says it in the outcome. */
function settingsAfter(page: KnownPageRequest, done: 'forgotten' | 'all-forgotten'): string {
  const settings = pathOf(page, '/settings');
  return page.json ? settings : `${settings}?done=${done}`;
}
