import type { Browser, Page } from 'playwright-core';
import { inspectPage, launchBrowser, openPage, picture } from '../../support/browser';
import { startAdminSite } from '../../support/admin-site';
import type { AdminSite } from '../../support/admin-site';

const WIDTHS = [360, 1280];

async function expectToFit(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect({ url: page.url(), width, excess }).toEqual({ url: page.url(), width, excess: 0 });
    await picture(page, `${name}-${width}`);
  }
}

/** Everything that folds out is looked at, too. */
async function look(page: Page, name: string): Promise<void> {
  await expectToFit(page, `admin-${name}`);
  if ((await page.locator('details:not([open])').count()) > 0) {
    await page.evaluate('document.querySelectorAll("details").forEach((one) => (one.open = true))');
    await expectToFit(page, `admin-${name}-open`);
  }
  await inspectPage(page, `admin-${name}`, WIDTHS);
}

describe('the administrators’ pages are accessible and fit, narrow and wide, light and dark', () => {
  let site: AdminSite;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [site, browser] = await Promise.all([startAdminSite(), launchBrowser()]);
    await site.fill();
    page = await openPage(browser, { baseUrl: site.url });
    await site.signInAsAdministrator(page);
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it.each([
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
  ])('%s', async (name, path) => {
    await page.goto(path);
    await look(page, name);
    expect(page.url()).toContain(path);
  });

  it('the preview of a policy', async () => {
    await page.goto('/admin/mfa/acme/policy');
    await page.getByLabel('Required').check();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: 'If you save this now' }).waitFor();
    await look(page, 'policy-preview');
    expect(await page.getByRole('heading', { name: 'If you save this now' }).isVisible()).toBe(true);
  });

  it('a policy that somebody else saved meanwhile', async () => {
    await page.goto('/admin/mfa/acme/policy');
    await page.getByLabel('Required').check();
    await site.saveMeanwhile();
    await page.getByRole('button', { name: 'Save policy' }).first().click();
    await page.getByRole('heading', { name: /Somebody else saved/ }).waitFor();
    await look(page, 'policy-conflict');
    expect(new URL(page.url()).pathname).toBe('/admin/mfa/acme/policy');
  });

  it('the question before switching off', async () => {
    await page.goto('/admin/mfa/acme/disable');
    await page.getByLabel('Forget all devices').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: /Switch it off for/ }).waitFor();
    await look(page, 'disable-confirm');
    expect(new URL(page.url()).pathname).toBe('/admin/mfa/acme/disable');
  });

  it('a refused form of a member', async () => {
    await page.goto('/admin/mfa/acme/members/mary');
    await page.getByText('Exempt this member').click();
    await page.getByLabel('Reason', { exact: true }).fill(' ');
    await page.getByLabel('Ends on').fill('2027-01-01');
    await page.getByRole('button', { name: 'Exempt Mary' }).click();
    await page.getByRole('alert').first().waitFor();
    await look(page, 'member-refused');
    expect(new URL(page.url()).pathname).toBe('/admin/mfa/acme/members/mary/exemption');
  });
});
