import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser';
import { button } from '../support/example-app-visitor';
import { createLoginHost, CREDENTIALS, type LoginHost } from '../support/login-host';
import { startLoopbackServer, type LoopbackServer } from '../support/loopback-server';

// A page opens the sign-in in a popup, which reports to it and closes. Cross-Origin-Opener-Policy decides whether it still can.

const REPORT = '<script>document.title = window.opener === null ? "cut off" : "connected"</script>';

describe('a sign-in in a popup', () => {
  let browser: Browser;
  let server: LoopbackServer;
  let host: LoginHost;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await server.close();
    await host.mfa.close();
  });

  /** The title of the page at which the popup arrives. */
  async function signInByPopup(options: object, openerPolicy: string | null): Promise<string> {
    server = await startLoopbackServer((req, res) => void host.app(req, res));
    const setPolicy = { 'Cross-Origin-Opener-Policy': openerPolicy };
    host = createLoginHost({
      options: { baseUrl: server.url, ...options },
      login: ({ app }) => {
        app.use((_req, res, next) => {
          if (openerPolicy !== null) res.set(setPolicy as Record<string, string>);
          next();
        });
        app.get('/shop', (_req, res) => {
          res.send('<button onclick="window.open(\'/mfa/login?returnTo=/signed-in\')">Sign in here</button>');
        });
      },
      guarded: (app) => {
        app.get('/signed-in', (_req, res) => res.send(REPORT));
      },
    });
    const page = await openPage(browser, { baseUrl: server.url });
    await page.goto('/shop');
    const [popup] = await Promise.all([
      page.context().waitForEvent('page'),
      button(page, 'Sign in here').click(),
    ]);
    await signIn(popup);
    return popup.title();
  }

  async function signIn(popup: Page): Promise<void> {
    await popup.getByLabel('Email or username').fill(CREDENTIALS.username);
    await popup.getByLabel('Password').fill(CREDENTIALS.password);
    await button(popup, 'Sign in').click();
    await popup.waitForURL((url) => url.pathname === '/signed-in');
    await popup.waitForLoadState();
  }

  it.each([
    ['is cut off from a page that sends no policy', {}, null, 'cut off'],
    ['stays connected to a page of the site that sends the same policy', {}, 'same-origin', 'connected'],
    ['stays connected where the host asks for it', { dangerouslyAllowOpener: true }, null, 'connected'],
  ] as const)('%s', async (_what, options, openerPolicy, title) => {
    expect(await signInByPopup(options, openerPolicy)).toBe(title);
  });
});
