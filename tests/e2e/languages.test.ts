import { gzipSync } from 'node:zlib';
import { source as axeSource } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { CATALOGUES } from '../../src/messages/catalogues';
import type { AdminHost } from '../support/admin-host';
import { expectAccessible, launchBrowser, openPage } from '../support/browser';
import { DEMO_PASSWORD } from '../support/example-app';
import { startStage } from '../support/example-app-stage';
import { enterPassword, setUpApp } from '../support/example-app-visitor';
import { collectPages, type PageState } from '../support/page-states';
import { PSEUDO_LOCALE, PSEUDO_MESSAGES } from '../support/pseudo-locale';
import { startLoopbackServer, type LoopbackServer } from '../support/loopback-server';
import { totpCode } from '../support/totp';

// Every page, in every state, is accessible and fits on a phone in every language, and on a narrower one in a language that is 40 %
// longer than English everywhere.

const LANGUAGES = [...CATALOGUES.keys(), PSEUDO_LOCALE];
const ACCENT = '#0b6e4f';

/**
 * Puts the text of a page into the document that is open, which is faster than loading it, and says what is wrong with it. Contrast is
 * the same in every language and is checked in one.
 */
const INSPECT = `async (html, contrast) => {
  const next = new DOMParser().parseFromString(html, 'text/html');
  const root = document.documentElement;
  for (const name of ['lang', 'dir']) root.setAttribute(name, next.documentElement.getAttribute(name));
  const sheetsOf = (page) => [...page.querySelectorAll('link[rel=stylesheet]')];
  const pathsOf = (page) => sheetsOf(page).map((sheet) => sheet.getAttribute('href')).join();
  if (pathsOf(document) === pathsOf(next)) document.title = next.title;
  else {
    document.head.replaceWith(document.adoptNode(next.head));
    const loads = (sheet) => new Promise((resolve, reject) => Object.assign(sheet, { onload: resolve, onerror: reject }));
    await Promise.all(sheetsOf(document).map((sheet) => sheet.sheet ?? loads(sheet)));
  }
  document.body.replaceWith(document.adoptNode(next.body));
  for (const one of document.querySelectorAll('details')) one.open = true;
  const { violations } = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: { 'color-contrast': { enabled: contrast } },
    resultTypes: ['violations'],
    preload: false,
  });
  const faults = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' at ' + target.join(' ')));
  const excess = root.scrollWidth - innerWidth;
  if (excess > 0) faults.push(excess + ' px wider than the screen');
  for (const one of document.querySelectorAll('body :not(input, .visually-hidden)')) {
    const { overflowX, clipPath } = getComputedStyle(one);
    const isCut = one.scrollWidth > one.clientWidth + 1 && overflowX !== 'visible' && clipPath === 'none';
    if (isCut) faults.push('cut: ' + one.textContent.trim().slice(0, 60));
  }
  return faults;
}`;

describe('the pages in each language', () => {
  let browser: Browser;
  let server: LoopbackServer;
  let host: AdminHost;
  let pages: readonly PageState[];

  beforeAll(async () => {
    const site = collectPages({
      languages: LANGUAGES,
      messages: { [PSEUDO_LOCALE]: PSEUDO_MESSAGES },
      brand: { accent: ACCENT },
    });
    const [launched, collected] = await Promise.all([launchBrowser(), site]);
    browser = launched;
    ({ host, pages } = collected);
    server = await startLoopbackServer(host.app);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await host.mfa.close();
  });

  async function openFrame(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
    const page = await openPage(browser, { baseUrl: server.url, width, colorScheme });
    await page.route('**/*.js', (route) => route.abort());
    await page.goto('/mfa/login');
    await page.evaluate(axeSource);
    return page;
  }

  async function findFaults(page: Page, language: string, contrast: boolean) {
    const faults: string[] = [];
    for (const { name, html } of pages.filter((one) => one.language === language)) {
      expect(html).toContain(`<html lang="${language}"`);
      const found = await page.evaluate<string[]>(`(${INSPECT})(${JSON.stringify(html)}, ${contrast})`);
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
    return faults;
  }

  it.each(LANGUAGES)('are accessible and fit on a phone: %s', async (language) => {
    const page = await openFrame('light', language === PSEUDO_LOCALE ? 320 : 360);
    expect(await findFaults(page, language, false)).toEqual([]);
    await page.context().close();
  });

  it('have enough contrast in the dark, with the accent of a brand', async () => {
    const page = await openFrame('dark', 360);
    const accent = await page.evaluate(
      'getComputedStyle(document.documentElement).getPropertyValue("--mfa-accent")',
    );
    expect(accent).not.toBe(ACCENT);
    expect(await findFaults(page, 'ar', true)).toEqual([]);
    await page.context().close();
  });

  it('weigh at most 30 KB, compressed and with their styles and scripts', async () => {
    const weights = new Map<string, Promise<number>>();
    const weigh = async (path: string) => {
      const response = await fetch(server.url + path);
      expect([path, response.status]).toEqual([path, 200]);
      return gzipSync(await response.text()).length;
    };
    const heavy: string[] = [];
    for (const { name, language, html } of pages) {
      const paths = [...html.matchAll(/<(?:link rel="stylesheet" href|script src)="([^"]+)"/g)];
      let weight = gzipSync(html).length;
      for (const [, path = ''] of paths) {
        const known = weights.get(path) ?? weigh(path);
        weights.set(path, known);
        weight += await known;
      }
      expect(paths.length).toBeGreaterThan(2);
      if (weight > 30_000) heavy.push(`${name} in ${language}: ${weight} bytes`);
    }
    expect(heavy).toEqual([]);
  });
});

it('keep the language that was chosen in the menu, from the sign-in page to the settings', async () => {
  const stage = await startStage({ languages: { languages: ['en', 'ar'], languageMenu: true } });
  const enrolling = await stage.open();
  await enterPassword(enrolling, 'ada@acme.example');
  const { secret } = await setUpApp(stage, enrolling);
  stage.clock.advance(30_000);
  const page = await stage.open({ width: 360 });
  await page.goto('/mfa/login');
  await page.locator('#page-language').selectOption('ar');
  await page.locator('.language-menu button').click();
  await page.locator('html[lang="ar"][dir="rtl"]').waitFor();
  await page.locator('input[name=username]').fill('ada@acme.example');
  await page.locator('input[name=password]').fill(DEMO_PASSWORD);
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForURL(/challenge/);
  await page.locator('input[name=code]').fill(totpCode(secret, stage.clock.now()));
  await page.waitForURL((url) => !url.pathname.startsWith('/mfa/challenge'));
  await page.goto('/mfa/settings');
  expect(await page.locator('html').getAttribute('lang')).toBe('ar');
  await expectAccessible(page);
  await stage.stop();
});
