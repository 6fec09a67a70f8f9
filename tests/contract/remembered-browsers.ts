import type { Records } from '../support/records';
import type { RememberedBrowser } from '../../src/core/member/remembered-browser';
import type { BrowserUse } from '../../src/records/records';
import { NOW, anAuthenticator, newId } from './samples';

function aBrowser(overrides: Partial<RememberedBrowser> = {}): RememberedBrowser {
  return {
    id: newId(),
    organizationId: 'acme',
    tokenHash: 'k.first',
    previousTokenHash: null,
    branch: '',
    confirmed: false,
    rotatedAt: NOW,
    securityFingerprint: 'k.factors',
    createdAt: NOW,
    lastUsedAt: null,
    expiresAt: NOW + 30 * 86_400_000,
    userAgent: 'Firefox on "Linux" \n',
    address: '192.0.2.1',
    ...overrides,
  };
}

/** What every record store does with remembered browsers. */
export function describeRememberedBrowsers(open: () => Records): void {
  async function remembered(overrides: Partial<RememberedBrowser> = {}) {
    const userId = newId();
    const browser = aBrowser(overrides);
    await open().rememberBrowser(userId, browser, NOW);
    const use = (tokenHash: string, next: string, change: Partial<BrowserUse> = {}) =>
      open().useBrowser({
        userId,
        id: browser.id,
        tokenHashes: ['older-key.none', tokenHash],
        nextTokenHash: next,
        again: { branch: `of-${next}`, tokenHash: `${next}-again` },
        now: NOW + 1000,
        graceSeconds: 60,
        ...change,
      });
    const list = (now = NOW + 1000) => open().listBrowsers(userId, now);
    return { userId, browser, use, list };
  }

  describe('remembered browsers', () => {
    it('are listed as they were added, the newest first', async () => {
      const { userId, browser, list } = await remembered({ id: 'a:b {c}' });
      const newer = aBrowser({ createdAt: NOW + 1 });
      await open().rememberBrowser(userId, newer, NOW + 1);
      expect(await list()).toEqual([newer, browser]);
      expect(await open().listBrowsers(newId(), NOW)).toEqual([]);
    });

    it('take a token and put the next one in its place', async () => {
      const { browser, use, list } = await remembered({ confirmed: true });
      const rotated = {
        ...browser,
        tokenHash: 'k.second',
        previousTokenHash: 'k.first',
        confirmed: false,
        rotatedAt: NOW + 1000,
        lastUsedAt: NOW + 1000,
      };
      expect(await use('k.first', 'k.second')).toEqual({ outcome: 'used', browser: rotated });
      expect(await list()).toEqual([rotated]);
      expect(await use('k.second', 'k.third')).toMatchObject({ outcome: 'used' });
    });

    it('take the token before within the grace, however often, and wait for the same next one', async () => {
      const { userId, browser, use } = await remembered();
      await use('k.first', 'k.second');
      await open().confirmBrowser(userId, browser.id, ['k.second']);
      for (const now of [NOW + 1000, NOW + 60_999, NOW + 60_999]) {
        const again = await use('k.first', 'k.other', { now });
        expect(again).toMatchObject({
          outcome: 'used',
          browser: { tokenHash: 'k.second', branch: '', confirmed: true, lastUsedAt: now },
        });
      }
    });

    it('go with the token before once the grace is over and the next one has come back', async () => {
      const { userId, browser, use, list } = await remembered();
      await use('k.first', 'k.second');
      expect(await open().confirmBrowser(userId, browser.id, ['older-key.none', 'k.second'])).toBe(true);
      expect(await use('k.first', 'k.second', { now: NOW + 61_000 })).toMatchObject({ outcome: 'replayed' });
      expect(await list()).toEqual([]);
      expect(await use('k.second', 'k.third')).toEqual({ outcome: 'missing' });
    });

    it('take the token before later too where the next one never came back, with another one after it', async () => {
      const { use, list } = await remembered();
      await use('k.first', 'k.second');
      const again = await use('k.first', 'k.second', { now: NOW + 61_000 });
      expect(again).toMatchObject({
        outcome: 'used',
        browser: {
          tokenHash: 'k.second-again',
          previousTokenHash: 'k.first',
          branch: 'of-k.second',
          confirmed: false,
          rotatedAt: NOW + 61_000,
        },
      });
      expect(await use('k.second', 'k.third', { now: NOW + 62_000 })).toMatchObject({ outcome: 'replayed' });
      expect(await list()).toEqual([]);
    });

    it('go with an old token after the newer one was sent, even within the grace', async () => {
      const { use, list } = await remembered();
      await use('k.first', 'k.second');
      await use('k.second', 'k.third');
      expect(await use('k.first', 'k.second')).toMatchObject({ outcome: 'replayed' });
      expect(await list()).toEqual([]);
    });

    it('give parallel sends of a token one and the same next one', async () => {
      const { use, list } = await remembered();
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => use('k.first', 'k.second')));
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'used'));
      expect(await list()).toMatchObject([{ tokenHash: 'k.second', previousTokenHash: 'k.first' }]);
    });

    it('are confirmed by their current token alone', async () => {
      const { userId, browser, use, list } = await remembered();
      await use('k.first', 'k.second');
      expect(await open().confirmBrowser(userId, browser.id, ['k.first'])).toBe(false);
      expect(await open().confirmBrowser(userId, newId(), ['k.second'])).toBe(false);
      expect(await open().confirmBrowser(newId(), browser.id, ['k.second'])).toBe(false);
      const [before] = await list();
      expect(await open().confirmBrowser(userId, browser.id, ['k.second'])).toBe(true);
      expect(await list()).toEqual([{ ...before, confirmed: true }]);
    });

    it('that a clock ahead has remembered for longer than any can be are none', async () => {
      const far = { expiresAt: NOW + 91 * 86_400_000 };
      const { userId, use, list } = await remembered(far);
      expect(await use('k.first', 'k.second')).toEqual({ outcome: 'missing' });
      expect(await list()).toEqual([]);
      const other = aBrowser();
      await open().rememberBrowser(userId, other, NOW);
      expect(await open().listBrowsers(userId, NOW + 5 * 86_400_000)).toEqual([other]);
    });

    it('are missing under another user, and past their end', async () => {
      const { browser, use, list } = await remembered();
      expect(await use('k.first', 'k.second', { userId: newId() })).toEqual({ outcome: 'missing' });
      expect(await use('k.first', 'k.second', { now: browser.expiresAt })).toEqual({ outcome: 'missing' });
      expect(await list(browser.expiresAt)).toEqual([]);
    });

    it('are forgotten one by one, all at once, and with the authenticators of the user', async () => {
      const { userId, browser, list } = await remembered();
      const other = aBrowser();
      await open().rememberBrowser(userId, other, NOW);
      expect(await open().forgetBrowser(newId(), browser.id)).toBe(false);
      expect(await open().forgetBrowser(userId, browser.id)).toBe(true);
      expect(await open().forgetBrowser(userId, browser.id)).toBe(false);
      expect(await list()).toEqual([other]);
      expect(await open().forgetBrowsers(userId)).toBe(1);
      await open().rememberBrowser(userId, browser, NOW);
      await open().addAuthenticator(userId, anAuthenticator());
      await open().removeAllAuthenticators(userId);
      expect(await list()).toEqual([]);
    });

    it('are at most 20 a user; the oldest makes room', async () => {
      const { userId, browser, list } = await remembered();
      for (let n = 1; n <= 20; n += 1) {
        await open().rememberBrowser(userId, aBrowser({ createdAt: NOW + n }), NOW);
      }
      const kept = await list();
      expect(kept).toHaveLength(20);
      expect(kept.map(({ id }) => id)).not.toContain(browser.id);
    });
  });
}
