import type { Page } from 'playwright-core';
import { startStage } from '../../support/example-app-stage';
import type { Stage } from '../../support/example-app-stage';
import { arriveAt, button, enterCode, enterPassword, setUpApp } from '../../support/example-app-visitor';
import type { EnrolledMember } from '../../support/example-app-visitor';
import { totpCode } from '../../support/totp';

// Stories of many pages, each checked by axe.

const ALAN = 'alan@acme.example';
const MINUTE = 60_000;
const SETTINGS = 'Multi-factor authentication';

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect({ url: page.url(), excess }).toEqual({ url: page.url(), excess: 0 });
}

describe.each([
  { script: 'with JavaScript', storage: 'on Redis', javaScriptEnabled: true },
  { script: 'without JavaScript', storage: 'in memory', javaScriptEnabled: false },
] as const)('a member and their own methods, $script, $storage', ({ javaScriptEnabled, storage }) => {
  let stage: Stage;
  let alan: EnrolledMember;
  let page: Page;
  const codeNow = () => totpCode(alan.secret, stage.clock.now());

  beforeAll(async () => {
    stage = await startStage({ storage });
    page = await stage.open({ javaScriptEnabled });
    await enterPassword(page, ALAN);
    alan = await setUpApp(stage, page);
  });
  afterAll(() => stage.stop());

  async function confirmWithApp(on: Page, purpose: string): Promise<void> {
    await on.getByText(`Confirm it’s you to ${purpose}.`).waitFor();
    await enterCode(on, codeNow());
  }

  it('adds a phone after a fresh proof, with the country guessed and confirmed', async () => {
    stage.clock.advance(20 * MINUTE);
    await page.getByRole('link', { name: 'Multi-factor settings' }).click();
    await arriveAt(page, SETTINGS);
    await stage.look(page, 'settings');
    await page.getByRole('link', { name: 'Add a phone number' }).click();
    await stage.look(page, 'step-up-add-phone');
    await confirmWithApp(page, 'add a phone number');
    await arriveAt(page, 'Enter your phone number');
    await page.getByLabel('Mobile number').fill('07700 900123');
    await button(page, 'Text me a code').click();
    await arriveAt(page, 'Is this your number?');
    expect(await page.getByLabel('Mobile number').inputValue()).toBe('+44 7700 900123');
    await stage.look(page, 'enroll-phone-confirm');
    await button(page, 'Yes, text me a code').click();
    await arriveAt(page, 'Check your phone');
    await stage.look(page, 'enroll-code-in-settings');
    await page.getByLabel('Code').fill(stage.codeFor('+447700900123'));
    await page.getByLabel('Name').fill('My phone');
    await button(page, 'Continue').click();
    await arriveAt(page, 'Your phone number is saved');
    await page.getByRole('link', { name: 'Back to my settings' }).click();
    await arriveAt(page, SETTINGS);
    await page.getByRole('heading', { name: 'My phone' }).waitFor();
  });

  it('adds a second number beside the first', async () => {
    await page.getByRole('link', { name: 'Add a phone number' }).click();
    await page.getByLabel('Mobile number').fill('+44 7700 900456');
    await button(page, 'Text me a code').click();
    await page.getByLabel('Code').fill(stage.codeFor('+447700900456'));
    await page.getByLabel('Name').fill('Landline');
    await button(page, 'Continue').click();
    await page.getByRole('link', { name: 'Back to my settings' }).click();
    await page.getByRole('heading', { name: 'Landline' }).waitFor();
    expect(await page.getByRole('heading', { name: 'My phone' }).isVisible()).toBe(true);
  });

  it('changes a number: the old one works until the new one is proven, and is told', async () => {
    await page.getByRole('link', { name: /Change number.*My phone/ }).click();
    await arriveAt(page, 'Enter your new phone number');
    await page.getByText('•••• 0123').waitFor();
    await stage.look(page, 'change-phone');
    await page.getByLabel('Mobile number').fill('+44 7700 900789');
    await button(page, 'Text me a code').click();
    await page.getByLabel('Code').fill(stage.codeFor('+447700900789'));
    await button(page, 'Continue').click();
    await page.getByRole('link', { name: 'Back to my settings' }).click();
    await page.getByText('•••• 0789').waitFor();
    expect(await page.getByText('•••• 0123').count()).toBe(0);
    await stage.mfa.settled();
    const told = stage.outbox.messages.findLast(({ to }) => to === '+447700900123');
    expect(told?.text).toContain('can no longer be used to sign in');
  });

  it('renames one and has it asked first, and everything folds out and fits', async () => {
    await page.getByText('Rename: Landline').click();
    await page.getByLabel('Name').filter({ visible: true }).fill('Home');
    await button(page, 'Save name').filter({ visible: true }).click();
    await page.getByText('The new name is saved.').waitFor();
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await button(page, /Make default.*Home/).click();
    await page.getByText('Default', { exact: true }).waitFor();
    expect(await page.locator('.row', { hasText: 'Home' }).getByText('Default').count()).toBe(1);
    for (const summary of await page.locator('summary').all()) {
      // One after the other: each moves those below it.
      // oxlint-disable-next-line no-await-in-loop
      await summary.click();
    }
    await stage.look(page, 'settings-open');
    await page.setViewportSize({ width: 320, height: 740 });
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('signs the other browsers out with a removal, and stays signed in here', async () => {
    const elsewhere = await signInByFirst();
    await page.goto('/mfa/settings');
    await page.getByText('Remove: Home').click();
    expect(await page.getByLabel('Sign out everywhere else').filter({ visible: true }).isChecked()).toBe(
      true,
    );
    await button(page, 'Remove Home').click();
    await page.getByText('That method is removed.').waitFor();
    expect(await page.getByRole('heading', { name: 'Home' }).count()).toBe(0);
    await stage.look(page, 'settings-removed');
    await elsewhere.goto('/');
    await arriveAt(elsewhere, 'Sign in');
    await elsewhere.context().close();
  });

  /** The number that was chosen is asked first, so its code is on its way. */
  async function signInByFirst(): Promise<Page> {
    stage.clock.advance(MINUTE);
    const another = await stage.open({ javaScriptEnabled });
    await enterPassword(another, ALAN);
    await arriveAt(another, 'Check your phone');
    await enterCode(another, stage.codeFor('+447700900456'));
    await arriveAt(another, 'Hello, Alan Turing');
    return another;
  }

  it('makes new recovery codes, which are shown once', async () => {
    await page.getByText('Make a new set').click();
    await button(page, 'Make new codes').click();
    const asked = page.getByText('Confirm it’s you to make new recovery codes.');
    await asked.or(page.getByText('Your older codes no longer work.')).waitFor();
    if (await asked.isVisible()) {
      stage.clock.advance(MINUTE);
      await enterCode(page, codeNow());
    }
    await arriveAt(page, 'Save your recovery codes');
    await page.getByText('Your older codes no longer work.').waitFor();
    const codes = await page.locator('[data-recovery-codes] code').allTextContents();
    expect(codes).toHaveLength(10);
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Download').click()]);
    expect(file.suggestedFilename()).toBe('recovery-codes.txt');
    await page.getByLabel('I saved these codes').check();
    await button(page, 'Continue').click();
    await arriveAt(page, SETTINGS);
    alan = { ...alan, recoveryCodes: codes };
    await page.goto('/mfa/enroll/recovery-codes');
    await arriveAt(page, 'Your recovery codes can’t be shown again');
    await stage.look(page, 'recovery-codes-over');
  });

  it('loses the phone, comes in by a recovery code, sets up a new app and removes the old one', async () => {
    stage.clock.advance(MINUTE);
    const lost = await stage.open({ javaScriptEnabled });
    await enterPassword(lost, ALAN);
    await button(lost, 'Use a recovery code').click();
    await arriveAt(lost, 'Enter a recovery code');
    await lost.getByLabel('Recovery code').fill(alan.recoveryCodes[4] ?? '');
    await button(lost, 'Continue').click();
    await arriveAt(lost, 'You signed in with a recovery code');
    await lost.getByRole('link', { name: 'Replace a method' }).click();
    await lost.getByText('9 of 10 left').waitFor();
    await lost.getByRole('link', { name: 'Add authenticator app' }).click();
    await button(lost, 'I have an app, continue').click();
    await arriveAt(lost, 'Scan this with your app');
    const secret = (await lost.locator('[data-key]').getAttribute('data-key')) ?? '';
    await lost.getByLabel('Code shown by the app').fill(totpCode(secret, stage.clock.now()));
    await lost.getByLabel('Name').fill('New phone');
    await button(lost, 'Continue').click();
    await lost.getByRole('link', { name: 'Back to my settings' }).click();
    await lost.getByText('Remove: Authenticator app').click();
    await button(lost, 'Remove Authenticator app').click();
    await lost.getByText('That method is removed.').waitFor();
    expect(await lost.getByRole('heading', { name: 'Authenticator app' }).count()).toBe(0);
    await lost.goto('/');
    await arriveAt(lost, 'Hello, Alan Turing');
    await page.goto('/');
    await arriveAt(page, 'Sign in');
    await lost.context().close();
  });
});
