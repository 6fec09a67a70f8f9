import type { Browser, Page } from 'playwright-core';
import { expectAccessible, launchBrowser, openPage, picture } from '../../support/browser';
import { startAdminSite } from '../../support/admin-site';
import type { AdminSite } from '../../support/admin-site';

const PAGES = [
  ['chooser', '/admin/mfa'],
  ['overview', '/admin/mfa/acme'],
  ['policy', '/admin/mfa/acme/policy'],
  ['members', '/admin/mfa/acme/members'],
  ['members-empty', '/admin/mfa/acme/members?q=nobody'],
  ['bulk-exempt', '/admin/mfa/acme/bulk?act=exempt&user=mary&user=bob'],
  ['bulk-assign', '/admin/mfa/acme/bulk?act=assign&filter=all'],
  ['bulk-nobody', '/admin/mfa/acme/bulk?act=remind&scope=chosen'],
  ['member', '/admin/mfa/acme/members/mary'],
  ['member-locked', '/admin/mfa/acme/members/alan'],
  ['member-myself', '/admin/mfa/acme/members/ada'],
  ['sessions', '/admin/mfa/acme/sessions'],
  ['events', '/admin/mfa/acme/events'],
  ['disable', '/admin/mfa/acme/disable'],
  ['not-found', '/admin/mfa/nowhere'],
] as const;

const VIEWS = [
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const;

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect({ url: page.url(), excess }).toEqual({ url: page.url(), excess: 0 });
}

/** Everything that folds out is looked at, too. */
async function look(page: Page, name: string): Promise<void> {
  await expectNoSidewaysScroll(page);
  await picture(page, name);
  if ((await page.locator('details:not([open])').count()) > 0) {
    await page.evaluate('document.querySelectorAll("details").forEach((one) => (one.open = true))');
    await expectNoSidewaysScroll(page);
    await picture(page, `${name}-open`);
  }
  await expectAccessible(page);
}

describe('the administrators’ pages', () => {
  let site: AdminSite;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([startAdminSite(), launchBrowser()]);
    await site.fill();
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it.each(VIEWS)(
    'are accessible and fit at $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      const page = await openPage(browser, { baseUrl: site.url, width, colorScheme });
      await site.signInAsAdministrator(page);
      for (const [name, path] of PAGES) {
        await page.goto(path);
        await look(page, `admin-${name}-${width}-${colorScheme}`);
      }
      await page.goto('/admin/mfa/acme/policy');
      await page.getByLabel('Required').check();
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByRole('heading', { name: 'If you save this now' }).waitFor();
      await look(page, `admin-policy-preview-${width}-${colorScheme}`);
      await site.saveMeanwhile();
      await page.getByRole('button', { name: 'Save policy' }).first().click();
      await page.getByRole('heading', { name: /Somebody else saved/ }).waitFor();
      await look(page, `admin-policy-conflict-${width}-${colorScheme}`);
      await page.goto('/admin/mfa/acme/disable');
      await page.getByLabel('Forget all devices').check();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: /Switch it off for/ }).waitFor();
      await look(page, `admin-disable-confirm-${width}-${colorScheme}`);
      await page.goto('/admin/mfa/acme/members/mary');
      await page.getByText('Exempt this member').click();
      await page.getByLabel('Reason', { exact: true }).fill(' ');
      await page.getByLabel('Ends on').fill('2027-01-01');
      await page.getByRole('button', { name: 'Exempt Mary' }).click();
      await page.getByRole('alert').first().waitFor();
      await look(page, `admin-member-refused-${width}-${colorScheme}`);
      expect(new URL(page.url()).pathname).toBe('/admin/mfa/acme/members/mary/exemption');
      await page.context().close();
    },
    180_000,
  );
});
