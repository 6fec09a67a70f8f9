import type { Browser, Page } from 'playwright-core';
import type { LoginHost } from '../support/login-host';
import { launchBrowser, openPage } from '../support/browser';
import { arriveAt, button, enterCode } from '../support/example-app-visitor';
import { createLoginHost, CREDENTIALS } from '../support/login-host';
import { startLoopbackServer, type LoopbackServer } from '../support/loopback-server';
import { plantApp } from '../support/planted';
import { totpCode } from '../support/totp';

// A form's policy governs the redirects that follow it. The host's own routes redirect to other origins: an identity provider,
// the client of an OAuth server, a payment page.

describe('a redirect of the host to another origin after a form of ours', () => {
  let browser: Browser;
  let elsewhere: LoopbackServer;
  let server: LoopbackServer;
  let host: LoginHost;

  beforeAll(async () => {
    browser = await launchBrowser();
    elsewhere = await startLoopbackServer((_req, res) => res.end('<h1>Another origin</h1>'));
  });
  afterAll(async () => {
    await browser.close();
    await elsewhere.close();
  });
  afterEach(async () => {
    await server.close();
    await host.mfa.close();
  });

  async function start(options: { readonly loginPath?: string } = {}): Promise<void> {
    server = await startLoopbackServer((req, res) => void host.app(req, res));
    host = createLoginHost({
      options: { baseUrl: server.url, ...options },
      login: ({ app, mfa }) => {
        // The host signs people in elsewhere; this is its way there.
        app.get('/sso', (_req, res) => res.redirect(`${elsewhere.url}/authorize`));
        app.use('/admin/mfa', mfa.adminPages({ organizationsOf: () => [{ id: 'acme', name: 'Acme' }] }));
      },
      guarded: (app, mfa) => {
        app.get('/authorize', (_req, res) => res.redirect(`${elsewhere.url}/callback?code=1`));
        app.get('/pay', mfa.requireStepUp({ maxAgeSeconds: 60 }), (_req, res) =>
          res.redirect(`${elsewhere.url}/checkout`),
        );
      },
    });
  }

  async function open(path: string): Promise<Page> {
    const page = await openPage(browser, { baseUrl: server.url });
    await page.goto(path);
    return page;
  }

  async function enterPassword(page: Page): Promise<void> {
    await page.getByLabel('Email or username').fill(CREDENTIALS.username);
    await page.getByLabel('Password').fill(CREDENTIALS.password);
    await button(page, 'Sign in').click();
  }

  async function withApp() {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    return () => totpCode(secret, host.clock.now());
  }

  async function expectElsewhere(page: Page): Promise<void> {
    await arriveAt(page, 'Another origin');
    expect(new URL(page.url()).origin).toBe(elsewhere.url);
  }

  it('arrives after the password and the code', async () => {
    await start();
    const code = await withApp();
    const page = await open('/authorize');
    await enterPassword(page);
    await enterCode(page, code());
    await expectElsewhere(page);
    expect(page.url()).toBe(`${elsewhere.url}/callback?code=1`);
  });

  it('arrives after the password alone', async () => {
    await start();
    const page = await open('/authorize');
    await enterPassword(page);
    await expectElsewhere(page);
  });

  it('arrives after Skip', async () => {
    await start();
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const page = await open('/authorize');
    await enterPassword(page);
    await arriveAt(page, 'Protect your account');
    await button(page, /^Skip/).click();
    await expectElsewhere(page);
  });

  it('arrives after a fresh proof', async () => {
    await start();
    const code = await withApp();
    const page = await open('/home');
    await enterPassword(page);
    await enterCode(page, code());
    await arriveAt(page, 'Hello ada at /home');
    host.clock.advance(120_000);
    await page.goto('/pay');
    await enterCode(page, code());
    await expectElsewhere(page);
  });

  it('arrives after an enrollment', async () => {
    await start();
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const page = await open('/authorize');
    await enterPassword(page);
    await page.getByRole('link', { name: 'Authenticator app' }).click();
    await button(page, 'I have an app, continue').click();
    await arriveAt(page, 'Scan this with your app');
    const secret = (await page.locator('[data-key]').getAttribute('data-key')) ?? '';
    await enterCode(page, totpCode(secret, host.clock.now()));
    await arriveAt(page, 'Save your recovery codes');
    await page.getByLabel('I saved these codes').check();
    await button(page, 'Continue').click();
    await page.getByRole('link', { name: 'Continue' }).click();
    await expectElsewhere(page);
  });

  it('arrives after the recovery codes, where nothing else is shown', async () => {
    await start();
    const code = await withApp();
    const page = await open('/authorize');
    await enterPassword(page);
    await enterCode(page, code());
    await expectElsewhere(page);
    await page.goto(`${server.url}/mfa/settings`);
    await button(page, 'Make recovery codes').click();
    await arriveAt(page, 'Save your recovery codes');
    await page.evaluate('document.querySelector("[name=returnTo]").value = "/authorize"');
    await page.getByLabel('I saved these codes').check();
    await button(page, 'Continue').click();
    await expectElsewhere(page);
  });

  describe('where the host signs people in at a provider', () => {
    async function signedIn(): Promise<{ readonly page: Page; readonly code: () => string }> {
      await start({ loginPath: '/sso' });
      const code = await withApp();
      const page = await open('/mfa/login');
      await enterPassword(page);
      await enterCode(page, code());
      await arriveAtPath(page, '/');
      return { page, code };
    }

    const arriveAtPath = (page: Page, path: string) => page.waitForURL((url) => url.pathname === path);

    it.each([
      ['the settings', '/mfa/settings'],
      ['the sessions', '/mfa/sessions'],
      ['the recovery codes', '/mfa/enroll/recovery-codes'],
      ['an administrators’ page', '/admin/mfa/acme'],
    ])('arrives after Sign out on %s', async (_what, path) => {
      const { page } = await signedIn();
      await page.goto(path);
      await button(page, 'Sign out').click();
      await expectElsewhere(page);
      await page.goto(`${server.url}/mfa/settings`);
      await expectElsewhere(page);
    });

    it('arrives after “Not you? Sign out” in the middle of a login', async () => {
      await start({ loginPath: '/sso' });
      await withApp();
      const page = await open('/mfa/login');
      await enterPassword(page);
      await button(page, 'Not you? Sign out').click();
      await expectElsewhere(page);
    });

    it('arrives after the link that ends a lock', async () => {
      await start({ loginPath: '/sso' });
      await withApp();
      const half = await open('/mfa/login');
      for (let tries = 0; tries < 10; tries += 1) {
        if (tries % 5 === 0) {
          await half.goto('/mfa/login');
          await enterPassword(half);
        }
        await enterCode(half, '000000');
        await half
          .getByText(/try left|tries left|Sign in again|Too many|wrong/i)
          .first()
          .waitFor();
      }
      await host.mfa.settled();
      const mail = host.outbox.messages.findLast(({ text }) => text.includes('/mfa/unlock?token='));
      const link = /\S+\/mfa\/unlock\?token=\S+/.exec(mail?.text ?? '')?.[0] ?? '';
      const page = await open(link);
      await button(page, 'Unlock my account').click();
      await expectElsewhere(page);
    });
  });
});
