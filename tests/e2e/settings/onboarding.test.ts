import type { Page } from 'playwright-core';
import { startStage } from '../../support/example-app-stage';
import type { Stage } from '../../support/example-app-stage';
import { arriveAt, button, tabTo } from '../../support/example-app-visitor';

// Stories of many pages, each checked by axe.

const NEW = 'edsger@acme.example';
const PASSWORD = 'a discipline of programming';

describe('signing up and protecting the account', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.stop());

  const linkFor = (to: string) =>
    /https?:\/\/\S+\/signup\/verify\S+/.exec(
      stage.outbox.messages.findLast((message) => message.to === to)?.text ?? '',
    )?.[0] ?? '';

  async function signUp(page: Page, email: string): Promise<void> {
    await page.goto('/signup');
    await page.getByLabel('Name').fill('Edsger Dijkstra');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'Sign up').click();
    await page.getByText(email).first().waitFor();
    await page.goto(linkFor(email));
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'It’s mine, continue').click();
    await arriveAt(page, 'Protect your account');
    stage.clock.advance(1000);
  }

  it('goes from the verified address to a proven phone, by keyboard alone', async () => {
    const page = await stage.open();
    await signUp(page, NEW);
    await stage.look(page, 'onboarding-start');
    await tabTo(page, 'Text message');
    await page.keyboard.press('Enter');
    await arriveAt(page, 'Enter your phone number');
    await stage.look(page, 'onboarding-phone');
    await page.keyboard.type('+44 7700 900123');
    await page.keyboard.press('Enter');
    await arriveAt(page, 'Check your phone');
    await stage.look(page, 'onboarding-code');
    await page.keyboard.type(stage.codeFor('+447700900123'));
    await arriveAt(page, 'Save your recovery codes');
    await stage.look(page, 'onboarding-recovery-codes');
    await tabTo(page, 'I saved these codes');
    await page.keyboard.press('Space');
    await tabTo(page, 'Continue');
    await page.keyboard.press('Enter');
    await arriveAt(page, 'Your account is protected');
    await stage.look(page, 'onboarding-done');
    await page.getByText('e•••@acme.example').waitFor();
    await tabTo(page, 'Continue');
    await page.keyboard.press('Enter');
    await arriveAt(page, 'Hello, Edsger Dijkstra');
    await stage.mfa.settled();
    expect(stage.outbox.messages.at(-1)).toMatchObject({ channel: 'email', to: NEW });
  });

  it('goes the same way without JavaScript, with a code that was sent again', async () => {
    const page = await stage.open({ javaScriptEnabled: false, width: 360 });
    await signUp(page, 'grace@acme.example');
    await page.getByRole('link', { name: 'Text message' }).click();
    await page.getByLabel('Mobile number').fill('+44 7700 900456');
    await button(page, 'Text me a code').click();
    await arriveAt(page, 'Check your phone');
    const first = stage.codeFor('+447700900456');
    stage.clock.advance(31_000);
    await button(page, 'Send a new code').click();
    await arriveAt(page, 'Check your phone');
    expect(stage.outbox.messages.filter(({ to }) => to === '+447700900456')).toHaveLength(2);
    expect(first).toMatch(/^\d{6}$/);
    await page.getByLabel('Code').fill(stage.codeFor('+447700900456'));
    await button(page, 'Continue').click();
    await arriveAt(page, 'Save your recovery codes');
    await page.getByLabel('I saved these codes').check();
    await button(page, 'Continue').click();
    await arriveAt(page, 'Your account is protected');
    await page.getByRole('link', { name: 'Continue' }).click();
    await arriveAt(page, 'Hello, Edsger Dijkstra');
  });
});
