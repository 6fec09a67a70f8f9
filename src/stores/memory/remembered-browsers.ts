import type { RememberedBrowser } from '../../core/remembered-browser';
import { MAX_BROWSERS_PER_USER, byNewest } from '../browser-list';
import type { BrowserUse, BrowserUseOutcome, RecordStore } from '../record-store';
import { recordsOf, type Users } from './user-records';

type Verbs = 'rememberBrowser' | 'useBrowser' | 'listBrowsers' | 'forgetBrowser' | 'forgetBrowsers';

function isGraceful(browser: RememberedBrowser, { tokenHashes, now, graceSeconds }: BrowserUse): boolean {
  const { previousTokenHash, rotatedAt } = browser;
  if (previousTokenHash === null || now >= rotatedAt + graceSeconds * 1000) return false;
  return tokenHashes.includes(previousTokenHash);
}

export function rememberedBrowsersIn(users: Users): Pick<RecordStore, Verbs> {
  const live = (userId: string, now: number) =>
    [...(users.get(userId)?.browsers.values() ?? [])].filter(({ expiresAt }) => now < expiresAt);

  return {
    async rememberBrowser(userId, browser, now) {
      const { browsers } = recordsOf(users, userId);
      const others = live(userId, now).filter(({ id }) => id !== browser.id);
      const kept = [...others, { ...browser }].toSorted(byNewest).slice(0, MAX_BROWSERS_PER_USER);
      browsers.clear();
      for (const each of kept) browsers.set(each.id, each);
    },
    async useBrowser(use): Promise<BrowserUseOutcome> {
      const { userId, id, tokenHashes, nextTokenHash, now } = use;
      const browsers = users.get(userId)?.browsers;
      const browser = browsers?.get(id);
      if (browsers === undefined || browser === undefined || now >= browser.expiresAt)
        return { outcome: 'missing' };
      const { tokenHash } = browser;
      const isCurrent = tokenHashes.includes(tokenHash);
      if (!isCurrent && !isGraceful(browser, use)) {
        browsers.delete(id);
        return { outcome: 'replayed', browser };
      }
      const previous = isCurrent
        ? { previousTokenHash: tokenHash, rotatedAt: now }
        : { previousTokenHash: null };
      browsers.set(id, { ...browser, tokenHash: nextTokenHash, ...previous, lastUsedAt: now });
      return { outcome: 'used', browser };
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
