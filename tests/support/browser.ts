import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { source as axeSource } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findProgram } from './programs';

interface PageOptions {
  readonly baseUrl: string;
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
}

const withoutScript = new WeakSet<BrowserContext>();

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page with cookies of its own, as one more person's browser. Close it with `page.context().close()`. */
export async function openPage(browser: Browser, options: PageOptions): Promise<Page> {
  const context = await browser.newContext({
    baseURL: options.baseUrl,
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  // No limit that a slow machine could reach.
  context.setDefaultTimeout(120_000);
  if (options.javaScriptEnabled === false) withoutScript.add(context);
  return context.newPage();
}

/** The page as it stands, shown once more in a browser with JavaScript, which axe needs; its own scripts stay out. */
async function copyForAxe(page: Page): Promise<Page> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page belongs to no browser.');
  const context = await browser.newContext({
    viewport: page.viewportSize(),
    colorScheme: (await page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches'))
      ? 'dark'
      : 'light',
    storageState: await page.context().storageState(),
  });
  const body = await page.content();
  const copy = await context.newPage();
  await copy.route('**/*.js', (route) => route.abort());
  await copy.route(page.url(), (route) => route.fulfill({ body, contentType: 'text/html; charset=utf-8' }));
  await copy.goto(page.url());
  return copy;
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function runAxe(page: Page): Promise<AxeResults> {
  // Through the debugger, since the pages' own policy refuses foreign scripts.
  const debug = await page.context().newCDPSession(page);
  await debug.send('Runtime.evaluate', { expression: axeSource });
  const { result, exceptionDetails } = await debug.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ${JSON.stringify(wcag)} })`,
    awaitPromise: true,
    returnByValue: true,
  });
  await debug.detach();
  if (exceptionDetails !== undefined) throw new Error(`axe failed: ${exceptionDetails.text}`);
  return result.value as AxeResults;
}

/** What axe finds against WCAG 2.2 A and AA on the page as it stands. */
export async function findViolations(page: Page): Promise<string[]> {
  const copy = withoutScript.has(page.context()) ? await copyForAxe(page) : undefined;
  try {
    const { violations } = await runAxe(copy ?? page);
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary ?? ''}`,
      ),
    );
  } finally {
    await copy?.context().close();
  }
}

export async function expectAccessible(page: Page): Promise<void> {
  expect({ url: page.url(), violations: await findViolations(page) }).toEqual({
    url: page.url(),
    violations: [],
  });
}

/** Writes a picture of the whole page to PICTURES_DIR, or to a temporary folder, and returns its path. */
export async function picture(page: Page, name: string): Promise<string> {
  const folder = process.env['PICTURES_DIR'] ?? join(tmpdir(), 'express-mfa-pictures');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
