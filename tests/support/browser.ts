import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { source as axeSource } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
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

export const runsScript = (page: Page): boolean => !withoutScript.has(page.context());

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The rules of these that look at colours. All others find the same in dark as in light. */
const aboutColors = ['color-contrast', 'link-in-text-block'];

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** Kept open, since a session that ends takes its settings with it. */
function debuggerOf(page: Page): Promise<CDPSession> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  return session;
}

/** What axe finds by these tags or rules. Through the debugger, since the policy of the pages refuses foreign scripts. */
async function runAxe(page: Page, rules: readonly string[]): Promise<AxeResults> {
  const debug = await debuggerOf(page);
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = await debug.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`axe failed: ${exceptionDetails.text}`);
    return result.value as unknown;
  };
  if ((await evaluate('typeof axe')) === 'undefined') await evaluate(`${axeSource}; undefined`);
  return (await evaluate(`axe.run(document, { runOnly: ${JSON.stringify(rules)} })`)) as AxeResults;
}

async function findViolations(page: Page, rules: readonly string[]): Promise<string[]> {
  const allowScript = async (isAllowed: boolean) => {
    const debug = await debuggerOf(page);
    await debug.send('Emulation.setScriptExecutionDisabled', { value: !isAllowed });
  };
  // axe needs JavaScript. The page's own scripts stay out, since a page that was parsed without them does not load them later.
  const isAllowedForAxe = !runsScript(page);
  if (isAllowedForAxe) {
    // A session can allow only what it has forbidden.
    await allowScript(false);
    await allowScript(true);
  }
  const { violations } = await runAxe(page, rules);
  if (isAllowedForAxe) await allowScript(false);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary ?? ''}`,
    ),
  );
}

/** Holds the page as it stands against WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page, rules: readonly string[] = wcag): Promise<void> {
  expect({ url: page.url(), violations: await findViolations(page, rules) }).toEqual({
    url: page.url(),
    violations: [],
  });
}

/** In light and dark, at each width, by default the one that it has. With PICTURES_DIR, takes pictures, too. */
export async function inspectPage(page: Page, name: string, widths?: readonly number[]): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 900 };
  for (const width of widths ?? [size.width]) {
    await page.setViewportSize({ ...size, width });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page, colorScheme === 'dark' ? aboutColors : wcag);
      await picture(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.setViewportSize(size);
}

/** Writes a picture of the whole page to PICTURES_DIR, where that is set. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PICTURES_DIR'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
