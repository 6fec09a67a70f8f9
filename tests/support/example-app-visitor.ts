import type { Locator, Page } from 'playwright-core';
import { DEMO_PASSWORD } from './example-app';
import type { Stage } from './example-app-stage';
import { totpCode } from './totp';

export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name });
export const heading = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('heading', { name, level: 1 });

/** Resolves when the page with this heading is there. */
export const arriveAt = (page: Page, name: string | RegExp): Promise<void> => heading(page, name).waitFor();

/** Types the password on the sign-in page. Where it leads, the caller waits for. */
export async function enterPassword(page: Page, username: string, password = DEMO_PASSWORD): Promise<void> {
  await page.goto('/mfa/login');
  await page.getByLabel('Email or username').fill(username);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Sign in').click();
}

/** Types a code. With JavaScript a form that asks for nothing else goes off at the last digit, else by its button. */
export async function enterCode(page: Page, code: string): Promise<void> {
  const field = page.getByRole('textbox').first();
  await field.waitFor();
  const goesByItself = await page.evaluate('document.getElementById("code-advice") !== null');
  await field.fill(code);
  if (goesByItself !== true) await button(page, 'Continue').click();
}

export interface EnrolledMember {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** The wizard for an authenticator app from its first page to the portal. */
export async function setUpApp(stage: Stage, page: Page): Promise<EnrolledMember> {
  await arriveAt(page, 'Protect your account');
  await page.getByRole('link', { name: 'Authenticator app' }).click();
  await arriveAt(page, 'Get an authenticator app');
  await button(page, 'I have an app, continue').click();
  await arriveAt(page, 'Scan this with your app');
  const secret = (await page.locator('[data-key]').getAttribute('data-key')) ?? '';
  await enterCode(page, totpCode(secret, stage.clock.now()));
  await arriveAt(page, 'Save your recovery codes');
  const recoveryCodes = await page.locator('[data-recovery-codes] code').allTextContents();
  await page.getByLabel('I saved these codes').check();
  await button(page, 'Continue').click();
  await arriveAt(page, 'Your account is protected');
  await page.getByRole('link', { name: 'Continue' }).click();
  await arriveAt(page, /^Hello/);
  return { secret, recoveryCodes };
}

/** Presses Tab until the focus is on something with this text or label, as somebody without a mouse does. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate<string>(
      '`${document.activeElement.textContent} ${document.activeElement.labels?.[0]?.textContent ?? ""}`',
    );
    if (text.includes(name)) return;
  }
  throw new Error(`Nothing that says "${name}" can be reached with the Tab key.`);
}
