import type { Page } from 'playwright-core';
import { startStage, type Stage } from '../support/example-app-stage';
import { arriveAt, button, enterCode, enterPassword, setUpApp } from '../support/example-app-visitor';
import { totpCode } from '../support/totp';
import {
  VirtualAuthenticator,
  type AuthenticatorTraits,
  type HeldCredential,
} from '../support/virtual-authenticator';

const CLOSED = 'The prompt was closed, took too long or found no passkey.';
const PROMPT = 'Confirm with your passkey';

describe('passkeys', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ byName: true });
  });
  afterAll(() => stage.stop());
  afterEach(() => stage.clock.advance(11 * 60_000));

  const signOut = async (page: Page) => {
    await button(page, 'Sign out').click();
    await page.getByText('You’re signed out.').waitFor();
  };

  /** The wizard from its first page to the portal. */
  async function setUpPasskey(page: Page, where: RegExp, traits: AuthenticatorTraits): Promise<void> {
    await arriveAt(page, 'Protect your account');
    await page.getByRole('link', { name: /^Passkey/ }).click();
    await arriveAt(page, 'Add a passkey');
    await stage.look(page, 'enroll-passkey-before');
    await button(page, where).click();
    await arriveAt(page, 'Save your passkey');
    await stage.look(page, 'enroll-passkey');
    await VirtualAuthenticator.plugIn(page, traits);
    await button(page, 'Continue').click();
    await arriveAt(page, 'Save your recovery codes');
    await page.getByLabel('I saved these codes').check();
    await button(page, 'Continue').click();
    await page.getByRole('link', { name: 'Continue' }).click();
    await arriveAt(page, /^Hello/);
  }

  it('a member sets one up at a required enrollment and signs in with one click', async () => {
    const page = await stage.open();
    await enterPassword(page, 'alan@acme.example');
    const traits = { transport: 'internal', backupEligible: true, backedUp: true } as const;
    await setUpPasskey(page, /^This device/, traits);
    await signOut(page);
    // The only click is the one on the sign-in page.
    await enterPassword(page, 'alan@acme.example');
    await arriveAt(page, 'Hello, Alan Turing');
    await page.goto('/mfa/settings');
    await page.getByText('Synced').waitFor();
    await stage.look(page, 'settings-passkey');
  });

  it('a security key without a PIN is enough beside the password', async () => {
    const page = await stage.open();
    const traits = { transport: 'usb', verifiesUser: false, discoverable: false } as const;
    await enterPassword(page, 'mary@acme.example');
    await setUpPasskey(page, /^A security key/, traits);
    await signOut(page);
    await enterPassword(page, 'mary@acme.example');
    await arriveAt(page, 'Hello, Mary Jackson');
    await page.goto('/mfa/settings');
    await page.getByRole('heading', { name: 'Security key' }).waitFor();
  });

  describe('of a member who also has an app', () => {
    let page: Page;
    let key: VirtualAuthenticator;
    let secret: string;
    let registered: readonly HeldCredential[];
    let counter = 0;
    beforeAll(async () => {
      page = await stage.open();
      key = await VirtualAuthenticator.plugIn(page, { transport: 'internal' });
      await enterPassword(page, 'ada@acme.example');
      secret = (await setUpApp(stage, page)).secret;
      await page.goto('/mfa/settings');
      await page.getByRole('link', { name: 'Add passkey' }).click();
      await button(page, /^This device/).click();
      await arriveAt(page, 'Save your passkey');
      await button(page, 'Continue').click();
      await arriveAt(page, 'Your passkey is saved');
      registered = await key.credentials();
    });
    beforeEach(async () => {
      stage.clock.advance(11 * 60_000);
      page = await stage.open();
      // Each test has a browser of its own, and the same authenticator, which counts on.
      counter += 100;
      const held = registered.map((credential) => ({ ...credential, signCount: counter }));
      key = await VirtualAuthenticator.plugIn(page, { transport: 'internal' }, held);
    });

    it('comes back from a prompt that was closed, and signs in with the app', async () => {
      await key.touch(false);
      await page.addInitScript(shortenPrompts);
      await enterPassword(page, 'ada@acme.example');
      await arriveAt(page, PROMPT);
      await page.getByText(CLOSED).waitFor();
      await stage.look(page, 'challenge-passkey-closed');
      await button(page, /Use your authenticator app/).click();
      await enterCode(page, totpCode(secret, stage.clock.now()));
      await arriveAt(page, 'Hello, Ada Lovelace');
    });

    it('says how many tries are left after a wrong signature, and asks again only at a click', async () => {
      await key.misbehave({ isBogusSignature: true });
      await enterPassword(page, 'ada@acme.example');
      await page.getByText('That didn’t work.').waitFor();
      await page.getByText('4 tries left.').waitFor();
      await key.misbehave({ isBogusSignature: false });
      await button(page, 'Continue').click();
      await arriveAt(page, 'Hello, Ada Lovelace');
    });

    it('is refused without presence', async () => {
      await key.misbehave({ isBadUP: true });
      await enterPassword(page, 'ada@acme.example');
      await page.getByText('That didn’t work.').waitFor();
      await page.goto('/mfa/settings');
      await arriveAt(page, PROMPT);
    });

    it('is refused and told about where a copy with an old counter is used', async () => {
      const [old] = await key.credentials();
      if (old === undefined) throw new Error('There is no passkey.');
      await enterPassword(page, 'ada@acme.example');
      await arriveAt(page, 'Hello, Ada Lovelace');
      await signOut(page);
      await key.restore(old);
      await enterPassword(page, 'ada@acme.example');
      await page.getByText('There may be a copy of this passkey').waitFor();
      await stage.look(page, 'challenge-passkey-copied');
    });

    it('leaves the other methods without JavaScript', async () => {
      const plain = await stage.open({ javaScriptEnabled: false });
      await enterPassword(plain, 'ada@acme.example');
      await arriveAt(plain, PROMPT);
      await plain.getByText('Passkeys don’t work in this browser window.').waitFor();
      await stage.look(plain, 'challenge-passkey-without-script');
      await button(plain, /Use your authenticator app/).click();
      await enterCode(plain, totpCode(secret, stage.clock.now()));
      await arriveAt(plain, 'Hello, Ada Lovelace');
    });

    it('is renamed and removed in the settings, and the browser forgets it', async () => {
      await enterPassword(page, 'ada@acme.example');
      await arriveAt(page, 'Hello, Ada Lovelace');
      await page.goto('/mfa/settings');
      await page.getByText('Rename: Passkey').click();
      await page.getByRole('textbox', { name: 'Name' }).locator('visible=true').fill('Laptop');
      await button(page, 'Save name').locator('visible=true').click();
      await page.getByText('Remove: Laptop').click();
      const removed = key.removal();
      await button(page, 'Remove Laptop').click();
      await page.getByText('removed').first().waitFor();
      await removed;
      expect(await key.credentials()).toEqual([]);
    });
  });
});

/** Runs in the page: the browser waits a moment for the person, instead of five minutes. */
const shortenPrompts = `
  const { get } = CredentialsContainer.prototype;
  CredentialsContainer.prototype.get = function (options) {
    options.publicKey.timeout = 300;
    return get.call(this, options);
  };`;
