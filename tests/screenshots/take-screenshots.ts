import { memoryRecords, type Records } from '../support/records';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

import { launchBrowser, openPage } from '../support/browser';
import { createClock } from '../support/clock';
import { newestCode, startExampleApp } from '../support/example-app';
import type { RunningExampleApp } from '../support/example-app';
import { totpCode } from '../support/totp';

const FOLDER = join(__dirname, '..', '..', 'example-app', 'screenshots');
const PASSWORD = 'correct horse battery staple';
const STEP_MS = 30_000;
const WEEK_MS = 7 * 86_400_000;
/** A list goes on; a picture of its beginning says enough. */
const TALLEST = 1000;

/** Takes the pictures of the README: each main page, light and dark, from the example app as it runs. */
async function takeScreenshots(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const browser = await launchBrowser();
  const sms = { send: () => Promise.reject(new Error('The provider is down.')) };
  const clock = createClock(Date.UTC(2026, 10, 22, 9, 0, 0));
  const example = await startExampleApp({ clock, sms, records: await recordsOfTwelveWeeks(clock.now()) });
  try {
    const secret = await enrollAlan(browser, example);
    await challengeAlan(browser, example, secret);
    await challengeAlanInArabic(browser, example);
    await fallBackForMary(browser, example);
    await administer(browser, example);
  } finally {
    await browser.close();
    await example.stop();
  }
}

/** An organization that has counted its members for a while, kept as safely as in production. */
async function recordsOfTwelveWeeks(now: number): Promise<Records> {
  const records: Records = { ...memoryRecords(), findWeaknesses: async () => [] };
  const configured = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3];
  const days = configured.map((count, week) => ({
    day: new Date(now - (configured.length - week) * WEEK_MS).toISOString().slice(0, 10),
    members: 4,
    configured: count,
  }));
  await Promise.all(days.map((day) => records.saveDailyCounts('acme', day, 400)));
  return records;
}

async function takeBoth(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
    const { width } = page.viewportSize() ?? { width: 0 };
    const clip = { x: 0, y: 0, width, height: Math.min(height, TALLEST) };
    await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`), clip, fullPage: true });
  }
}

function openPhone(browser: Browser, { url }: RunningExampleApp): Promise<Page> {
  return openPage(browser, { baseUrl: url, width: 412, height: 640 });
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/mfa/login');
  await page.getByLabel('Email or username').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Types the code and waits for what follows; the script may submit by itself. */
async function typeCode(page: Page, code: string, next: RegExp): Promise<void> {
  await page.locator('input[name=code]').fill(code);
  const button = page.getByRole('button', { name: 'Continue' });
  await Promise.all([
    page.waitForURL(next),
    button.click({ noWaitAfter: true, timeout: 2000 }).catch(() => undefined),
  ]);
}

async function readSecret(page: Page): Promise<string> {
  const text = await page.locator('main').innerText();
  const key = /\b[A-Z2-7]{4}(?:\s+[A-Z2-7]{4}){7}\b/.exec(text)?.[0];
  if (key === undefined) throw new Error('The page shows no key.');
  return key;
}

async function enrollAlan(browser: Browser, example: RunningExampleApp): Promise<string> {
  const page = await openPhone(browser, example);
  await page.goto('/mfa/login');
  await takeBoth(page, 'sign-in');
  await signIn(page, 'alan@acme.example');
  await takeBoth(page, 'enroll');
  await page.getByRole('link', { name: /Authenticator app/ }).click();
  await page.getByRole('button', { name: 'I have an app, continue' }).click();
  await page.locator('input[name=code]').waitFor();
  await takeBoth(page, 'enroll-app');
  const secret = await readSecret(page);
  await typeCode(page, totpCode(secret, example.clock.now()), /recovery-codes/);
  await takeBoth(page, 'recovery-codes');
  await page.getByLabel('I saved these codes').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(/done/);
  await takeBoth(page, 'enrolled');
  await page.goto('/');
  await takeBoth(page, 'portal');
  await page.goto('/mfa/settings');
  await takeBoth(page, 'settings');
  await page.goto('/mfa/sessions');
  await takeBoth(page, 'sessions');
  await page.context().close();
  return secret;
}

async function challengeAlan(browser: Browser, example: RunningExampleApp, secret: string): Promise<void> {
  example.clock.advance(STEP_MS);
  const page = await openPhone(browser, example);
  await signIn(page, 'alan@acme.example');
  await page.locator('input[name=code]').waitFor();
  await takeBoth(page, 'challenge');
  await typeCode(page, totpCode(secret, example.clock.now()), /\/$/);
  example.clock.advance(301_000);
  await page.goto('/payouts');
  await takeBoth(page, 'step-up');
  await page.context().close();
}

async function challengeAlanInArabic(browser: Browser, example: RunningExampleApp): Promise<void> {
  const page = await openPhone(browser, example);
  // The locale of the browser would take the place of an extra header.
  await page.route('**/*', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'accept-language': 'ar' } }),
  );
  await page.goto('/mfa/login');
  await page.locator('input[name=username]').fill('alan@acme.example');
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('main form button[type=submit]').first().click();
  await page.locator('html[lang=ar] input[name=code]').waitFor();
  await takeBoth(page, 'challenge-arabic');
  await page.context().close();
}

async function fallBackForMary(browser: Browser, example: RunningExampleApp): Promise<void> {
  const mary = { userId: 'mary', organizationId: 'acme' };
  await example.mfa.members.save(mary, { enabled: true, assignedKind: 'sms' });
  const page = await openPhone(browser, example);
  await signIn(page, 'mary@acme.example');
  await page.locator('input[name=code]').waitFor();
  await takeBoth(page, 'challenge-fallback');
  await typeCode(page, newestCode(example, 'mary@acme.example'), /\/$/);
  await page.context().close();
}

async function administer(browser: Browser, example: RunningExampleApp): Promise<void> {
  const page = await openPage(browser, { baseUrl: example.url, width: 1180, height: 760 });
  await signIn(page, 'ada@acme.example');
  await page.getByRole('link', { name: /Authenticator app/ }).click();
  await page.getByRole('button', { name: 'I have an app, continue' }).click();
  await page.locator('input[name=code]').waitFor();
  await typeCode(page, totpCode(await readSecret(page), example.clock.now()), /recovery-codes/);
  // The first look begins to count the members.
  await page.goto('/admin/mfa/acme');
  await example.mfa.settled();
  for (const [name, path] of [
    ['admin-overview', '/admin/mfa/acme'],
    ['admin-policy', '/admin/mfa/acme/policy'],
    ['admin-members', '/admin/mfa/acme/members'],
    ['admin-member', '/admin/mfa/acme/members/alan'],
    ['admin-events', '/admin/mfa/acme/events'],
  ] as const) {
    await page.goto(path);
    await takeBoth(page, name);
  }
  await page.context().close();
}

takeScreenshots().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
