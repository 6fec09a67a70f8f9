import { browserName } from '../core/browser-name';
import type { RememberedBrowser } from '../core/remembered-browser';
import { keepTrusted } from '../flows/list-browsers';
import type { Gathered } from '../flows/gather-facts';
import type { RememberedBrowserRow } from './account-views';
import { momentOf } from './moments';
import type { KnownPageRequest } from './pages/page-route';
import { readBrowserCookie } from './remembered-browser-cookie';

/** The list in the settings; null where the policy remembers no browsers. */
export function toBrowserRows(
  page: KnownPageRequest,
  gathered: Gathered,
  browsers: readonly RememberedBrowser[],
): readonly RememberedBrowserRow[] | null {
  const shown = trustedBrowsers(page, gathered, browsers);
  if (shown === null) return null;
  return shown.map(({ browser, current }) => ({
    id: browser.id,
    browser: browserName(browser.userAgent),
    place: browser.address,
    addedAt: momentOf(browser.createdAt),
    lastUsedAt: browser.lastUsedAt === null ? null : momentOf(browser.lastUsedAt),
    current,
  }));
}

/** The same for JSON, with instants. */
export function toBrowserList(
  page: KnownPageRequest,
  gathered: Gathered,
  browsers: readonly RememberedBrowser[],
): readonly object[] {
  return (trustedBrowsers(page, gathered, browsers) ?? []).map(({ browser, current }) => {
    const { id, userAgent, address, createdAt, lastUsedAt, expiresAt } = browser;
    const name = browserName(userAgent);
    return { id, browser: name, address, createdAt, lastUsedAt, expiresAt, current };
  });
}

function trustedBrowsers(
  { context, req }: KnownPageRequest,
  gathered: Gathered,
  browsers: readonly RememberedBrowser[],
): readonly { readonly browser: RememberedBrowser; readonly current: boolean }[] | null {
  const { enabled, rememberBrowserSeconds } = gathered.facts.policy;
  if (!enabled || rememberBrowserSeconds <= 0) return null;
  const presented = readBrowserCookie(context, req);
  return keepTrusted(context, gathered, browsers).map((browser) => ({
    browser,
    current: browser.id === presented?.id,
  }));
}
