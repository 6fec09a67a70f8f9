import { memoryRecords } from '../../support/records';
import type { Page } from 'playwright-core';
import { DEMO_PASSWORD } from '../../support/example-app';
import { startStage, type Stage } from '../../support/example-app-stage';
import { arriveAt, button, enterCode, enterPassword } from '../../support/example-app-visitor';
import { giveApp, type GivenApp } from '../../support/given-app';
import { createHttpAgent } from '../../support/http-agent';
import { totpCode, wrongCode } from '../../support/totp';

const ALAN = 'alan@acme.example';

describe('a member with an app', () => {
  let stage: Stage;
  let app: GivenApp;
  const records = memoryRecords();
  beforeAll(async () => {
    stage = await startStage({ records });
    app = await giveApp({ records, clock: stage.clock }, 'alan');
  });
  afterAll(() => stage.stop());

  async function signIn(javaScriptEnabled: boolean): Promise<Page> {
    const page = await stage.open({ javaScriptEnabled });
    await enterPassword(page, ALAN);
    await arriveAt(page, 'Enter the code from your app');
    await enterCode(page, app.nextCode());
    await arriveAt(page, 'Hello, Alan Turing');
    return page;
  }

  it('ends one session and then all others, each at its next page', async () => {
    const first = await signIn(true);
    const third = await signIn(false);
    const second = await signIn(false);
    await second.goto('/mfa/sessions');
    await arriveAt(second, 'Where you’re signed in');
    expect(await second.getByText('This session').count()).toBe(1);
    await stage.look(second, 'sessions-three');
    await second
      .getByRole('button', { name: /^End session/ })
      .first()
      .click();
    await second.getByText('Session ended.').waitFor();
    await third.goto('/');
    await arriveAt(third, 'Sign in');
    await third.getByText('Your session was ended').waitFor();
    await stage.look(third, 'login-session-ended');
    await first.goto('/');
    await arriveAt(first, 'Hello, Alan Turing');
    await button(second, 'End all other sessions').click();
    await second.getByText('You aren’t signed in anywhere else.').waitFor();
    await stage.look(second, 'sessions-alone');
    await first.goto('/');
    await arriveAt(first, 'Sign in');
  });

  /** Somebody with the password guesses until codes are locked; the link that the owner gets. */
  async function attack(): Promise<string> {
    for (let login = 0; login < 2; login += 1) {
      const attacker = createHttpAgent(stage.url);
      await attacker.postJson('/mfa/login', { username: ALAN, password: DEMO_PASSWORD });
      const code = wrongCode(totpCode(app.secret, stage.clock.now()));
      for (let guess = 0; guess < 5; guess += 1) await attacker.postJson('/mfa/challenge', { code });
    }
    await stage.mfa.settled();
    const mail = stage.outbox.messages.findLast(({ text }) => text.includes('/mfa/unlock?token='));
    expect(mail?.to).toBe(ALAN);
    return /http\S+\/mfa\/unlock\?token=\S+/.exec(mail?.text ?? '')?.[0] ?? '';
  }

  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('unlocks after an attack by the link in the mail, the password and the app, %s', async (how, script) => {
    const link = await attack();
    const owner = await stage.open({ javaScriptEnabled: script });
    await owner.goto(link);
    await arriveAt(owner, 'Unlock your account');
    await stage.look(owner, 'unlock');
    await button(owner, 'Unlock my account').click();
    await arriveAt(owner, 'Sign in');
    await owner.getByText('Sign in to unlock your account.').waitFor();
    await owner.getByLabel('Email or username').fill(ALAN);
    await owner.getByLabel('Password').fill(DEMO_PASSWORD);
    await button(owner, 'Sign in').click();
    await owner.getByText('To unlock your account, enter a code.').waitFor();
    await stage.look(owner, `unlock-challenge ${how}`.replaceAll(' ', '-'));
    await enterCode(owner, wrongCode(totpCode(app.secret, stage.clock.now())));
    await owner.getByText('2 tries left.').waitFor();
    await enterCode(owner, app.nextCode());
    await arriveAt(owner, 'Hello, Alan Turing');
    await owner.context().close();
    await (await signIn(script)).context().close();
  });
});
