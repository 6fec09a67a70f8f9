import type { Browser, Page } from 'playwright-core';
import { inspectPage, launchBrowser, openPage } from '../../support/browser';
import { startAdminSite } from '../../support/admin-site';
import type { AdminSite } from '../../support/admin-site';

describe('an administrator', () => {
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

  it('switches a member to email, and the member’s open session is asked at its next page', async () => {
    const member = await openPage(browser, { baseUrl: site.url });
    await site.signInAs(member, 'bob');
    await member.getByRole('heading', { name: 'Hello bob' }).waitFor();
    const admin = await openPage(browser, { baseUrl: site.url, javaScriptEnabled: false });
    await site.signInAsAdministrator(admin);
    await admin.goto('/admin/mfa');
    await admin.getByRole('link', { name: 'Acme Corp' }).click();
    await admin.getByRole('link', { name: 'Members', exact: true }).click();
    await admin.getByRole('link', { name: 'Bob Noyce' }).click();
    await admin.getByLabel('Always require MFA for this member').check();
    await admin.getByLabel('Required method').selectOption('email');
    await admin.getByRole('button', { name: 'Save settings' }).click();
    await admin.getByText('The settings are saved.').waitFor();
    await member.goto('/');
    expect(new URL(member.url()).pathname).toBe('/mfa/challenge');
    await Promise.all([member.context().close(), admin.context().close()]);
  });

  it('changes the policy from optional to required, and a member who skipped is stopped at the next page', async () => {
    await site.mfa.policies.save('acme', { enrollment: 'optional' });
    site.users.set('vera', {
      id: 'vera',
      name: 'Vera Rubin',
      email: 'vera@acme.example',
      organizationId: 'acme',
    });
    const member = await openPage(browser, { baseUrl: site.url });
    await site.signInAs(member, 'vera');
    await member.getByRole('button', { name: 'Skip for now' }).click();
    await member.goto('/');
    await member.getByRole('heading', { name: 'Hello vera' }).waitFor();
    const admin = await openPage(browser, { baseUrl: site.url });
    await site.signInAsAdministrator(admin);
    await admin.goto('/admin/mfa/acme/policy');
    await admin.getByLabel('Required').check();
    await admin.getByRole('button', { name: 'Preview' }).click();
    await admin.getByRole('rowheader', { name: 'Must set up a method at the next page' }).waitFor();
    await admin.getByRole('button', { name: 'Save policy' }).first().click();
    await admin.getByText('The policy is saved.').waitFor();
    await member.goto('/');
    expect(new URL(member.url()).pathname).toBe('/mfa/enroll');
    expect(await member.getByRole('button', { name: 'Skip for now' }).count()).toBe(0);
    await Promise.all([member.context().close(), admin.context().close()]);
  });

  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('does what was asked before a proof, or confirms it, %s', async (how, javaScriptEnabled) => {
    const admin = await openPage(browser, { baseUrl: site.url, javaScriptEnabled });
    await site.signInAsAdministrator(admin);
    await admin.goto('/admin/mfa/acme/policy');
    await admin.getByLabel('How many skips').fill('9');
    await admin.getByLabel('Optional').check();
    site.clock.advance(11 * 60_000);
    await admin.getByRole('button', { name: 'Save policy' }).click();
    await admin.getByText('Confirm it’s you to save the policy of Acme').waitFor();
    await inspectPage(admin, `policy-proof-${how}`, [360, 1280]);
    // The address can be opened again, and the form waits.
    await admin.reload();
    await site.enterCode(admin);
    await admin.getByText('The policy is saved.').waitFor();
    expect(await admin.getByLabel('How many skips').inputValue()).toBe('9');
    await admin.goto('/admin/mfa/acme/sessions');
    await admin.getByText('Sign everyone out', { exact: true }).last().click();
    site.clock.advance(11 * 60_000);
    await admin.getByRole('button', { name: 'Yes, sign everyone out' }).click();
    await site.enterCode(admin);
    await admin.getByText('Nothing was changed yet. Choose it again to confirm.').waitFor();
    await inspectPage(admin, `sessions-again-${how}`, [360, 1280]);
    await admin.getByRole('button', { name: 'Yes, sign everyone out' }).click();
    await admin.getByText('Every session of this organization has ended').waitFor();
    await admin.context().close();
  });

  it('is led to the preview, reads the chart by pointer and by keys, and prints without buttons', async () => {
    const plain = await openPage(browser, { baseUrl: site.url, javaScriptEnabled: false });
    await site.signInAsAdministrator(plain);
    await previewPolicy(plain);
    const admin = await openPage(browser, { baseUrl: site.url });
    await site.signInAsAdministrator(admin);
    await previewPolicy(admin);
    await admin.getByRole('link', { name: 'Keep editing' }).click();
    await admin.locator('h2#switch-heading:focus').waitFor();
    await admin.goto('/admin/mfa/acme');
    const read = () => admin.locator('[data-chart-value]').innerText();
    const today = await read();
    expect(today).toMatch(/^\d+% on 15 Jan 2026$/);
    const days = admin.getByRole('slider', { name: 'Share of protected members by day' });
    await days.press('ArrowLeft');
    expect(await read()).toBe('40% on 13 Jan 2026');
    await days.press('Home');
    expect(await read()).toBe('0% on 1 Jan 2026');
    expect(await days.getAttribute('aria-valuetext')).toBe('0% on 1 Jan 2026');
    await days.blur();
    expect(await read()).toBe(today);
    const chart = admin.locator('[data-chart-plot]');
    const { width = 0 } = (await chart.boundingBox()) ?? {};
    await chart.hover({ position: { x: width / 2, y: 20 } });
    expect(await read()).toMatch(/ on [79] Jan 2026$/);
    await admin.getByRole('heading', { name: 'By method' }).hover();
    expect(await read()).toBe(today);
    await admin.emulateMedia({ media: 'print' });
    expect(await admin.locator('button, .button, nav, .skip-link').filter({ visible: true }).count()).toBe(0);
    expect(await admin.getByText('Needs attention').isVisible()).toBe(true);
    await Promise.all([plain.context().close(), admin.context().close()]);
  });
});

async function previewPolicy(admin: Page): Promise<void> {
  await admin.goto('/admin/mfa/acme/policy');
  await admin.getByLabel('How many skips').fill('7');
  await admin.getByRole('button', { name: 'Preview' }).click();
  await admin.locator('h2#preview:focus').waitFor();
}
