import type { Browser, Page } from 'playwright-core';
import { expectAccessible, launchBrowser, openPage } from '../support/browser';
import { arriveAt, button } from '../support/example-app-visitor';
import { startLoopbackServer, type LoopbackServer } from '../support/loopback-server';
import { createPasskeySite } from '../support/passkey-site';
import { VirtualAuthenticator } from '../support/virtual-authenticator';

const CLOSED = 'The prompt was closed, took too long or found no passkey. Try again.';

describe('the prompt for a passkey', () => {
  let browser: Browser;
  let server: LoopbackServer;
  let site: ReturnType<typeof createPasskeySite>;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await startLoopbackServer((req, res) => site.app(req, res));
  });
  beforeEach(async () => {
    // WebAuthn takes names only, no IP addresses.
    const origin = `http://localhost:${server.port}`;
    site = createPasskeySite(origin);
    page = await openPage(browser, { baseUrl: origin });
    await page.addInitScript(countPrompts);
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const prompts = () => page.evaluate<number>('Number(sessionStorage.getItem("prompts"))');

  async function register(): Promise<void> {
    await page.goto('/create');
    await button(page, 'Continue').click();
    await arriveAt(page, 'Saved');
  }

  it.each([
    ['of the device', { transport: 'internal' }, 'Proven: verified'],
    ['of a phone', { transport: 'hybrid', backupEligible: true, backedUp: true }, 'Proven: verified'],
    [
      'on a security key without a PIN',
      { transport: 'usb', verifiesUser: false, discoverable: false },
      'Proven: present',
    ],
  ] as const)('registers a passkey %s and opens by itself to prove it', async (_what, traits, proven) => {
    const authenticator = await VirtualAuthenticator.plugIn(page, traits);
    await register();
    expect(site.passkeys).toMatchObject([
      {
        transports: expect.arrayContaining([traits.transport]),
        uvSeen: traits.transport !== 'usb',
        backedUp: traits.transport === 'hybrid',
        rpId: 'localhost',
      },
    ]);
    expect(await authenticator.credentials()).toHaveLength(1);
    await page.goto('/get');
    await arriveAt(page, proven);
    expect(await prompts()).toBe(2);
  });

  it('says that it was closed and opens again at a click', async () => {
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    await authenticator.touch(false);
    site.promptMs = 300;
    await page.goto('/get');
    await page.getByText(CLOSED).waitFor();
    expect(await prompts()).toBe(2);
    await authenticator.touch(true);
    await button(page, 'Continue').click();
    await arriveAt(page, 'Proven: verified');
    expect(await prompts()).toBe(3);
  });

  it('doesn’t open by itself when the page is loaded again', async () => {
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    await authenticator.touch(false);
    site.promptMs = 300;
    await page.goto('/get');
    await page.getByText(CLOSED).waitFor();
    await page.reload();
    await button(page, 'Continue').waitFor();
    expect(await page.getByText(CLOSED).isVisible()).toBe(false);
    expect(await prompts()).toBe(2);
    await expectAccessible(page);
  });

  it('doesn’t open by itself after a refusal', async () => {
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    await authenticator.misbehave({ isBogusSignature: true });
    await page.goto('/get');
    await arriveAt(page, 'Refused: wrong-signature');
    await button(page, 'Continue').waitFor();
    expect(await prompts()).toBe(2);
    await authenticator.misbehave({ isBogusSignature: false });
    await button(page, 'Continue').click();
    await arriveAt(page, 'Proven: verified');
  });

  it('is refused without presence, with other flags, and by a copy with an old counter', async () => {
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'usb' });
    await register();
    const [before] = await authenticator.credentials();
    if (before === undefined) throw new Error('There is no credential.');
    await authenticator.misbehave({ isBadUP: true });
    await page.goto('/get');
    await arriveAt(page, 'Refused: not-present');
    await authenticator.misbehave({ isBadUP: false, isBadUV: true });
    await button(page, 'Continue').click();
    await arriveAt(page, 'Proven: present');
    await authenticator.misbehave({ isBadUV: false });
    await authenticator.restore(before);
    await page.goto('/get');
    await arriveAt(page, 'Refused: counter');
  });

  it('says that nothing was found after the passkey was removed from the authenticator', async () => {
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    for (const credential of await authenticator.credentials()) await authenticator.remove(credential);
    site.promptMs = 300;
    await page.goto('/get');
    await page.getByText(CLOSED).waitFor();
    await button(page, 'Continue').waitFor();
    await expectAccessible(page);
  });

  it('says that the authenticator already holds a passkey for the account', async () => {
    await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    await page.goto('/create');
    await button(page, 'Continue').click();
    await page.getByText('already holds a passkey for your account').waitFor();
    expect(site.passkeys).toHaveLength(1);
  });

  it.each([
    ['without WebAuthn', true],
    ['without JavaScript', false],
  ])('says why it is not there %s', async (_what, javaScriptEnabled) => {
    const old = await openPage(browser, { baseUrl: `http://localhost:${server.port}`, javaScriptEnabled });
    await old.addInitScript('delete window.PublicKeyCredential');
    await old.goto('/get');
    await old.getByText('Passkeys don’t work in this browser window.').waitFor();
    expect(await button(old, 'Continue').isVisible()).toBe(false);
    await expectAccessible(old);
    await old.context().close();
  });

  it('lets the browser forget the passkeys that the site no longer accepts', async () => {
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    site.passkeys.length = 0;
    site.signals = true;
    const removed = authenticator.removal();
    await page.goto('/create');
    await removed;
    expect(await authenticator.credentials()).toEqual([]);
  });
});

/** Runs in the page. Counts calls of the browser's own functions, over reloads. */
const countPrompts = `
  for (const name of ['create', 'get']) {
    const original = CredentialsContainer.prototype[name];
    CredentialsContainer.prototype[name] = function (...given) {
      sessionStorage.setItem('prompts', Number(sessionStorage.getItem('prompts')) + 1);
      return original.apply(this, given);
    };
  }`;
