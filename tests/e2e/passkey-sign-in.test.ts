import type { Browser, Page } from 'playwright-core';
import { expectAccessible, launchBrowser, openPage } from '../support/browser';
import { button } from '../support/example-app-visitor';
import { startLoopbackServer, type LoopbackServer } from '../support/loopback-server';
import { addPerson } from '../support/member';
import { createPasskeyPortal } from '../support/passkeys';
import { PASSWORD, type Portal } from '../support/portal';
import { VirtualAuthenticator } from '../support/virtual-authenticator';

const CLOSED = 'The prompt was closed, took too long or found no passkey.';

describe('signing in with a passkey alone', () => {
  let browser: Browser;
  let server: LoopbackServer;
  let portal: Portal;
  let origin: string;
  let page: Page;
  let username: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await startLoopbackServer((req, res) => portal.app(req, res));
    // WebAuthn takes names only, no IP addresses.
    origin = `http://localhost:${server.port}`;
    portal = await createPasskeyPortal(
      {},
      { baseUrl: origin, passkeys: { signIn: true }, directory: { maySignIn: () => true } },
    );
  });
  beforeEach(async () => {
    ({ username } = addPerson(portal));
    page = await openPage(browser, { baseUrl: origin });
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser.close();
    await server.close();
    await portal.mfa.close();
    expect(portal.errors).toEqual([]);
  });

  const signOut = () => page.context().clearCookies();
  const signedIn = () => page.getByText(`"user":"${username}"`).waitFor();

  /** Signs in with the password and registers a passkey of this browser. */
  async function register(): Promise<void> {
    await page.goto('/mfa/login');
    await page.getByLabel('Email or username').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('link', { name: /^Passkey/ }).click();
    await button(page, /^This device/).click();
    await button(page, 'Continue').click();
    await page.getByLabel('I saved these codes').waitFor();
    await signOut();
  }

  it('is offered at the name field, and signs in without a name', async () => {
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    expect(await authenticator.credentials()).toMatchObject([{ isResidentCredential: true }]);
    // The simulated authenticator picks the passkey from the list at once.
    await page.goto('/mfa/login');
    await signedIn();
  });

  it('is asked for by the button', async () => {
    await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await page.addInitScript(withoutAutofill);
    await register();
    await page.goto('/mfa/login');
    await button(page, 'Sign in with a passkey').click();
    await signedIn();
    expect(page.url()).toBe(`${origin}/`);
  });

  it('says that the prompt was closed, and signs in at the next try', async () => {
    await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await page.addInitScript(withoutAutofill);
    await register();
    await page.goto('/mfa/login');
    await page.evaluate('window.closesPrompt = true');
    await button(page, 'Sign in with a passkey').click();
    await page.getByText(CLOSED).waitFor();
    expect(await page.getByLabel('Password').isVisible()).toBe(true);
    await page.evaluate('window.closesPrompt = false');
    await button(page, 'Sign in with a passkey').click();
    await signedIn();
  });

  it('is on an accessible page', async () => {
    await page.addInitScript(withoutAutofill);
    await page.goto('/mfa/login');
    await button(page, 'Sign in with a passkey').waitFor();
    await expectAccessible(page);
  });

  it('asks for the password where the authenticator verified nobody', async () => {
    await page.addInitScript(withoutAutofill);
    const authenticator = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
    await register();
    await authenticator.misbehave({ isBadUV: true });
    await page.goto('/mfa/login');
    await button(page, 'Sign in with a passkey').click();
    await page.getByText('Sign in with your password, then confirm with it.').waitFor();
    expect(await page.getByLabel('Password').isVisible()).toBe(true);
  });

  it('shows nothing of it without JavaScript', async () => {
    const plain = await openPage(browser, { baseUrl: origin, javaScriptEnabled: false });
    await plain.goto('/mfa/login');
    await plain.getByLabel('Password').waitFor();
    expect(await button(plain, 'Sign in with a passkey').isVisible()).toBe(false);
    await plain.context().close();
  });
});

/** A browser that has no list of passkeys at a field, and a person who closes the prompt while `closesPrompt`. */
const withoutAutofill = `
  PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  const { get } = CredentialsContainer.prototype;
  CredentialsContainer.prototype.get = function (options) {
    if (window.closesPrompt === true) return Promise.reject(new DOMException('Closed.', 'NotAllowedError'));
    return get.call(this, options);
  };
`;
