import { isBrowserOver, rotateBrowser } from '../../core/member/remembered-browser';
import { MAX_BROWSERS_PER_USER, byNewest } from '../browser-list';
import type { BrowserUseOutcome, RecordStore } from '../record-store';
import { recordsOf, type Users } from './user-records';

type Verbs =
  'rememberBrowser' | 'useBrowser' | 'confirmBrowser' | 'listBrowsers' | 'forgetBrowser' | 'forgetBrowsers';

export function rememberedBrowsersIn(users: Users): Pick<RecordStore, Verbs> {
  const live = (userId: string, now: number) =>
    [...(users.get(userId)?.browsers.values() ?? [])].filter((browser) => !isBrowserOver(browser, now));

  return {
    async rememberBrowser(userId, browser, now) {
      const { browsers } = recordsOf(users, userId);
      const others = live(userId, now).filter(({ id }) => id !== browser.id);
      const kept = [...others, { ...browser }].toSorted(byNewest).slice(0, MAX_BROWSERS_PER_USER);
      browsers.clear();
      for (const each of kept) browsers.set(each.id, each);
    },
    async useBrowser({ userId, id, ...sent }): Promise<BrowserUseOutcome> {
      const browsers = users.get(userId)?.browsers;
      const browser = browsers?.get(id);
      if (browsers === undefined || browser === undefined || isBrowserOver(browser, sent.now))
        return { outcome: 'missing' };
      const used = rotateBrowser(browser, sent);
      if (used === null) {
        browsers.delete(id);
        return { outcome: 'replayed', browser };
      }
      browsers.set(id, used);
      return { outcome: 'used', browser: used };
    },
    async confirmBrowser(userId, id, tokenHashes) {
      const browsers = users.get(userId)?.browsers;
      const browser = browsers?.get(id);
      if (browsers === undefined || browser === undefined || !tokenHashes.includes(browser.tokenHash))
        return false;
      browsers.set(id, { ...browser, confirmed: true });
      return true;
    },
    async listBrowsers(userId, now) {
      return live(userId, now).toSorted(byNewest);
    },
    async forgetBrowser(userId, id) {
      return users.get(userId)?.browsers.delete(id) === true;
    },
    async forgetBrowsers(userId) {
      const browsers = users.get(userId)?.browsers;
      const count = browsers?.size ?? 0;
      browsers?.clear();
      return count;
    },
  };
}
