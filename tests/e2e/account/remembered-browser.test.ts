import { memoryRecords } from '../../support/records';
import type { Page } from 'playwright-core';
import { startStage, type Stage } from '../../support/example-app-stage';
import { arriveAt, button, enterCode, enterPassword, tabTo } from '../../support/example-app-visitor';
import { giveApp, type GivenApp } from '../../support/given-app';

const DAY = 86_400_000;

describe('a remembered browser', () => {
  let stage: Stage;
  let app: GivenApp;
  const records = memoryRecords();
  beforeAll(async () => {
    stage = await startStage({ records });
    await stage.mfa.policies.save('acme', { rememberBrowserSeconds: 30 * 86_400 });
    app = await giveApp({ records, clock: stage.clock }, 'alan');
  });
  afterAll(() => stage.stop());

  async function signOut(page: Page) {
    await page.goto('/mfa/sessions');
    await button(page, 'Sign out').click();
    await page.getByText('You’re signed out.').waitFor();
  }

  async function askedAgain(page: Page) {
    stage.clock.advance(DAY);
    await enterPassword(page, 'alan@acme.example');
    await arriveAt(page, 'Enter the code from your app');
  }

  async function notAsked(page: Page) {
    stage.clock.advance(DAY);
    await enterPassword(page, 'alan@acme.example');
    await arriveAt(page, 'Hello, Alan Turing');
  }

  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])(
    'is asked once in three logins, and again after it was forgotten, %s',
    async (how, javaScriptEnabled) => {
      const page = await stage.open({ javaScriptEnabled });
      await askedAgain(page);
      await stage.look(page, `challenge-remember ${how}`.replaceAll(' ', '-'));
      await page.getByLabel('Don’t ask again in this browser for 30 days').check();
      await enterCode(page, app.nextCode());
      await arriveAt(page, 'Hello, Alan Turing');
      for (let login = 0; login < 2; login += 1) {
        await signOut(page);
        await notAsked(page);
      }
      await page.goto('/mfa/settings');
      await page.getByText('This one').waitFor();
      await stage.look(page, 'settings-remembered');
      await page.getByRole('button', { name: /^Forget ?:/ }).click();
      await page
        .getByText('None yet. To remember a browser, tick the box under the code field when you sign in.')
        .waitFor();
      await signOut(page);
      await askedAgain(page);
      await page.context().close();
    },
  );

  it('whose token comes back a second time is asked for a code, and its owner is told', async () => {
    const page = await stage.open();
    await askedAgain(page);
    await tabTo(page, 'Don’t ask again in this browser');
    await page.keyboard.press('Space');
    await enterCode(page, app.nextCode());
    await arriveAt(page, 'Hello, Alan Turing');
    const copied = (await page.context().cookies()).filter(({ name }) => name.endsWith('mfa-browser'));
    await signOut(page);
    await notAsked(page);
    const thief = await stage.open();
    await thief.context().addCookies(copied);
    await askedAgain(thief);
    await stage.mfa.settled();
    expect(stage.outbox.messages.at(-1)?.subject).toBe('A remembered browser was forgotten');
  });
});
