import type { Page } from 'playwright-core';
import { expectAccessible, picture } from '../support/browser';
import { DEMO_PASSWORD } from '../support/example-app';
import { startStage, type Stage } from '../support/example-app-stage';
import { enterPassword, setUpApp } from '../support/example-app-visitor';
import { PSEUDO_LOCALE, PSEUDO_MESSAGES } from '../support/pseudo-locale';
import { totpCode } from '../support/totp';

// Every page fits and stays accessible in other languages: one with long words, one from right to left, and one that is 40 % longer
// than English everywhere.

const PAGES = [
  '/mfa/settings',
  '/mfa/sessions',
  '/mfa/enroll',
  '/mfa/enroll/sms',
  '/mfa/enroll/email',
  '/mfa/step-up',
  '/admin/mfa',
  '/admin/mfa/acme',
  '/admin/mfa/acme/policy',
  '/admin/mfa/acme/members',
  '/admin/mfa/acme/members/mary',
  '/admin/mfa/acme/sessions',
  '/admin/mfa/acme/events',
  '/admin/mfa/acme/disable',
] as const;

describe('the pages in another language', () => {
  let stage: Stage;
  let secret = '';

  beforeAll(async () => {
    stage = await startStage({
      languages: {
        languages: ['en', 'de', 'ar', PSEUDO_LOCALE],
        messages: { [PSEUDO_LOCALE]: PSEUDO_MESSAGES },
        languageMenu: true,
      },
    });
    const page = await stage.open();
    await enterPassword(page, 'ada@acme.example');
    ({ secret } = await setUpApp(stage, page));
    await page.context().close();
  });
  afterAll(() => stage.stop());

  async function expectToFit(page: Page): Promise<void> {
    const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect({ url: page.url(), excess }).toEqual({ url: page.url(), excess: 0 });
  }

  async function look(page: Page, language: string): Promise<void> {
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    await expectToFit(page);
    await expectAccessible(page);
    await picture(page, `${language}-${new URL(page.url()).pathname.slice(1).replaceAll('/', '-')}`);
  }

  it.each([
    ['de', 360],
    ['ar', 360],
    [PSEUDO_LOCALE, 320],
  ])('fit and are accessible: %s at %i px', async (language, width) => {
    stage.clock.advance(30_000);
    const page = await stage.open({ width });
    await page.goto('/mfa/login');
    await page.locator('#page-language').selectOption(language);
    await page.locator('.language-menu button').click();
    await page.locator(`html[lang="${language}"]`).waitFor();
    await look(page, language);
    await page.locator('input[name=username]').fill('ada@acme.example');
    await page.locator('input[name=password]').fill(DEMO_PASSWORD);
    await page.locator('main form button[type=submit]').first().click();
    await page.waitForURL(/challenge/);
    await look(page, language);
    await page.locator('input[name=code]').fill(totpCode(secret, stage.clock.now()));
    await page.waitForURL((url) => !url.pathname.startsWith('/mfa/challenge'));
    for (const path of PAGES) {
      await page.goto(path);
      await look(page, language);
    }
    expect(page.url()).toContain('/disable');
  });
});
