import type { Router } from 'express';
import { MfaError } from '../../core/errors';
import type { RememberedBrowser } from '../../core/member/remembered-browser';
import { readBrowser } from '../../core/text/browser-name';
import {
  forgetBrowser,
  forgetBrowsers,
  keepTrusted,
  listRememberedBrowsers,
} from '../../flows/browsers/remembered-browsers';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import { browserInWords } from '../../messages/translator';
import type { HttpContext } from '../kernel/http-context';
import { knownPageRoute, pathOf, type KnownPageRequest } from '../kernel/page-route';
import { originOf } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { changeBrowserCookie, readBrowserCookie } from '../session/remembered-browser-cookie';
import type { RememberedBrowserRow } from './account-views';
import { openOwnPage } from './sessions';

/** The list for the settings page; null if the policy remembers no browsers. */
export function toBrowserRows(
  page: KnownPageRequest,
  gathered: Gathered,
  browsers: readonly RememberedBrowser[],
): readonly RememberedBrowserRow[] | null {
  const shown = trustedBrowsers(page, gathered, browsers);
  if (shown === null) return null;
  const { translator } = page;
  return shown.map(({ browser, current }) => ({
    id: browser.id,
    browser: browserInWords(translator, readBrowser(browser.userAgent)),
    place: browser.address,
    addedAt: translator.moment(browser.createdAt),
    lastUsedAt: browser.lastUsedAt === null ? null : translator.moment(browser.lastUsedAt),
    current,
  }));
}

/** The same as JSON, with times in milliseconds. */
export function toBrowserList(
  page: KnownPageRequest,
  gathered: Gathered,
  browsers: readonly RememberedBrowser[],
): readonly object[] {
  return (trustedBrowsers(page, gathered, browsers) ?? []).map(({ browser, current }) => {
    const { id, userAgent, address, createdAt, lastUsedAt, expiresAt } = browser;
    const name = browserInWords(page.translator, readBrowser(userAgent));
    return { id, browser: name, address, createdAt, lastUsedAt, expiresAt, current };
  });
}

function trustedBrowsers(
  { context, req }: KnownPageRequest,
  gathered: Gathered,
  browsers: readonly RememberedBrowser[],
): readonly { readonly browser: RememberedBrowser; readonly current: boolean }[] | null {
  const { enabled, strength, rememberBrowserSeconds } = gathered.facts.policy;
  if (!enabled || strength !== 'any' || rememberBrowserSeconds <= 0) return null;
  const presented = readBrowserCookie(context, req);
  return keepTrusted(context, gathered, browsers).map((browser) => ({
    browser,
    current: browser.id === presented?.id,
  }));
}

export function addRememberedBrowserRoutes(router: Router, context: HttpContext): void {
  router.get('/settings/remembered-browsers', knownPageRoute(context, list));
  router.post('/settings/remembered-browsers/forget-all', knownPageRoute(context, forgetAll));
  router.post('/settings/remembered-browsers/:id/forget', knownPageRoute(context, forgetOne));
}

/** Answers JSON. As a page, the list is part of the settings. */
async function list(page: KnownPageRequest): Promise<void> {
  const { context, res, identity, json } = page;
  const { account, subject } = identity;
  const [gathered, browsers] = await Promise.all([
    openOwnPage(page, gatherFacts(context, account, subject)),
    listRememberedBrowsers(context, account.id),
  ]);
  if (gathered === null) return;
  if (json) res.json({ rememberedBrowsers: toBrowserList(page, gathered, browsers) });
  else res.redirect(303, pathOf(page, '/settings'));
}

async function forgetOne(page: KnownPageRequest): Promise<void> {
  const { context, req, res, identity } = page;
  const { account, subject } = identity;
  if ((await openOwnPage(page, gatherFacts(context, account, subject))) === null) return;
  const id = String(req.params['id']);
  const forgotten = await forgetBrowser(context, { account, id, origin: originOf(req) });
  if (!forgotten) throw new MfaError('not-found', 'There is no such browser.');
  if (readBrowserCookie(context, req)?.id === id) changeBrowserCookie(context, res, 'clear');
  sendNext(req, res, { outcome: 'forgotten', next: settingsAfter(page, 'forgotten') });
}

async function forgetAll(page: KnownPageRequest): Promise<void> {
  const { context, req, res, identity } = page;
  const { account, subject } = identity;
  if ((await openOwnPage(page, gatherFacts(context, account, subject))) === null) return;
  const count = await forgetBrowsers(context, { account, origin: originOf(req) });
  changeBrowserCookie(context, res, 'clear');
  sendNext(req, res, { outcome: 'forgotten', count, next: settingsAfter(page, 'all-forgotten') });
}

/** The page shows what was done; JSON has it in `outcome`. */
function settingsAfter(page: KnownPageRequest, done: 'forgotten' | 'all-forgotten'): string {
  const settings = pathOf(page, '/settings');
  return page.json ? settings : `${settings}?done=${done}`;
}
