import type { Page } from 'playwright-core';
import { DEMO_PASSWORD } from '../support/example-app';
import { startStage, storages, type Stage } from '../support/example-app-stage';
import {
  arriveAt,
  button,
  enterCode,
  enterPassword,
  heading,
  setUpApp,
  tabTo,
  type EnrolledMember,
} from '../support/example-app-visitor';
import { totpCode, wrongCode } from '../support/totp';

const MINUTE = 60_000;
const ALAN = 'alan@acme.example';

describe.each(storages)('a member with an authenticator app, %s', (storage) => {
  let stage: Stage;
  let alan: EnrolledMember;
  const codeNow = () => totpCode(alan.secret, stage.clock.now());

  beforeAll(async () => {
    stage = await startStage({ storage });
    const page = await stage.open();
    await page.goto('/');
    await stage.look(page, 'login');
    await enterPassword(page, ALAN, 'not the password');
    await page.getByText('That email or password didn’t work.').waitFor();
    await stage.look(page, 'login-wrong');
    await enterPassword(page, ALAN);
    alan = await setUpApp(stage, page);
    await page.context().close();
  });
  afterAll(() => stage.stop());

  /** One more browser of Alan's, before the field for the code. */
  async function atChallenge(): Promise<Page> {
    stage.clock.advance(MINUTE);
    const page = await stage.open();
    await enterPassword(page, ALAN);
    await arriveAt(page, 'Enter the code from your app');
    return page;
  }

  it('is asked for the code at the next login, and sees how the session was proven', async () => {
    const page = await atChallenge();
    await stage.look(page, 'challenge-app');
    await enterCode(page, codeNow());
    await arriveAt(page, 'Hello, Alan Turing');
    expect(await page.getByText('Two factors').isVisible()).toBe(true);
    await stage.look(page, 'portal');
    await page.getByRole('link', { name: 'Payouts' }).click();
    await arriveAt(page, 'Payouts');
    await stage.look(page, 'payouts');
  });

  it('proves it again for payouts when the proof is older than five minutes', async () => {
    const page = await atChallenge();
    await enterCode(page, codeNow());
    await arriveAt(page, 'Hello, Alan Turing');
    stage.clock.advance(6 * MINUTE);
    await page.getByRole('link', { name: 'Payouts' }).click();
    await page.getByText('Confirm it’s you to continue.').waitFor();
    await stage.look(page, 'step-up-app');
    await enterCode(page, codeNow());
    await arriveAt(page, 'Payouts');
  });

  it('gets in without the phone by a recovery code', async () => {
    const page = await atChallenge();
    await button(page, 'Use a recovery code').click();
    await arriveAt(page, 'Enter a recovery code');
    await stage.look(page, 'challenge-recovery-code');
    await page.getByLabel('Recovery code').fill('3-0000-0000-00000');
    await button(page, 'Continue').click();
    await page.getByText('That recovery code didn’t work.').waitFor();
    await page.getByLabel('Recovery code').fill(alan.recoveryCodes[2] ?? '');
    await button(page, 'Continue').click();
    await arriveAt(page, 'You signed in with a recovery code');
    await stage.look(page, 'recovered');
    await page.getByRole('link', { name: 'Continue' }).click();
    await arriveAt(page, 'Hello, Alan Turing');
    await stage.mfa.settled();
    expect(stage.outbox.messages.at(-1)).toMatchObject({
      to: ALAN,
      text: expect.stringContaining('recovery code'),
    });
  });

  it('finds the member in place on the way back after the login', async () => {
    const page = await atChallenge();
    await enterCode(page, codeNow());
    await arriveAt(page, 'Hello, Alan Turing');
    await page.goBack();
    await arriveAt(page, 'Hello, Alan Turing');
  });

  it('sends no form again on the way back to a wrong code, or on a reload of it', async () => {
    const page = await atChallenge();
    await enterCode(page, wrongCode(codeNow()));
    await page.getByText('That code didn’t work.').waitFor();
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    await page.reload();
    await arriveAt(page, 'Enter the code from your app');
    expect(posts).toEqual([]);
    await enterCode(page, codeNow());
    await arriveAt(page, 'Hello, Alan Turing');
    await page.goBack();
    await arriveAt(page, 'Hello, Alan Turing');
    expect(posts).toHaveLength(1);
  });

  it('signs out from the challenge page', async () => {
    const page = await atChallenge();
    await button(page, 'Not you? Sign out').click();
    await page.getByText('You’re signed out.').waitFor();
    await stage.look(page, 'login-signed-out');
    await page.goto('/');
    await arriveAt(page, 'Sign in');
  });

  it('sends one form when its button is clicked twice', async () => {
    const page = await stage.open();
    stage.clock.advance(MINUTE);
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(new URL(request.url()).pathname);
    });
    await page.goto('/mfa/login');
    await page.getByLabel('Email or username').fill(ALAN);
    await page.getByLabel('Password').fill(DEMO_PASSWORD);
    await button(page, 'Sign in').dblclick();
    await arriveAt(page, 'Enter the code from your app');
    await page.getByLabel('Code').pressSequentially(codeNow());
    await page.keyboard.press('Enter');
    await arriveAt(page, 'Hello, Alan Turing');
    expect(sent).toEqual(['/mfa/login', '/mfa/challenge']);
  });

  it('starts over politely when the login was left lying', async () => {
    const page = await atChallenge();
    stage.clock.advance(11 * MINUTE);
    await enterCode(page, codeNow());
    await arriveAt(page, 'Sign in');
    await stage.look(page, 'login-expired');
  });

  it('asks for the password once more where the form was open for too long', async () => {
    const page = await stage.open();
    stage.clock.advance(MINUTE);
    await page.goto('/mfa/login');
    await page.getByLabel('Email or username').fill(ALAN);
    await page.getByLabel('Password').fill(DEMO_PASSWORD);
    stage.clock.advance(121 * MINUTE);
    await button(page, 'Sign in').click();
    await page.getByText('This page was open for too long').waitFor();
    await stage.look(page, 'login-too-old');
    expect(await page.getByLabel('Email or username').inputValue()).toBe(ALAN);
    await page.getByLabel('Password').fill(DEMO_PASSWORD);
    await button(page, 'Sign in').click();
    await arriveAt(page, 'Enter the code from your app');
  });

  it('says how many tries are left, locks after ten, and opens again', async () => {
    for (const round of [1, 2]) {
      const page = await atChallenge();
      for (const left of [4, 3, 2, 1]) {
        await enterCode(page, wrongCode(codeNow()));
        await page.getByText(left === 1 ? '1 try left.' : `${left} tries left.`).waitFor();
        if (round === 1 && left === 4) await stage.look(page, 'challenge-wrong');
      }
      await enterCode(page, wrongCode(codeNow()));
      await page.getByText('You entered too many wrong codes.').waitFor();
      await stage.look(page, 'login-exhausted');
      await page.context().close();
    }
    const page = await stage.open();
    await enterPassword(page, ALAN);
    await arriveAt(page, 'Too many wrong codes');
    await stage.look(page, 'challenge-locked');
    expect(await page.getByRole('textbox').count()).toBe(0);
    stage.clock.advance(31 * MINUTE);
    await enterPassword(page, ALAN);
    await arriveAt(page, 'Enter the code from your app');
    await enterCode(page, codeNow());
    await arriveAt(page, 'Hello, Alan Turing');
  });
});

describe('the first login of a member', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.stop());

  it('needs no mouse', async () => {
    const page = await stage.open();
    const { keyboard } = page;
    await page.goto('/');
    await arriveAt(page, 'Sign in');
    await keyboard.type(ALAN);
    await keyboard.press('Tab');
    await keyboard.type(DEMO_PASSWORD);
    await keyboard.press('Enter');
    await arriveAt(page, 'Protect your account');
    await stage.look(page, 'enroll');
    await tabTo(page, 'Authenticator app');
    await keyboard.press('Enter');
    await arriveAt(page, 'Get an authenticator app');
    await stage.look(page, 'enroll-app-install');
    await tabTo(page, 'I have an app, continue');
    await keyboard.press('Enter');
    await arriveAt(page, 'Scan this with your app');
    await stage.look(page, 'enroll-app');
    const secret = (await page.locator('[data-key]').getAttribute('data-key')) ?? '';
    await keyboard.type(wrongCode(totpCode(secret, stage.clock.now())));
    await page.getByText('That code didn’t work.').waitFor();
    await stage.look(page, 'enroll-app-wrong');
    await keyboard.type(totpCode(secret, stage.clock.now() + 5 * MINUTE));
    await page
      .getByText(/clock is off/)
      .first()
      .waitFor();
    await stage.look(page, 'enroll-app-clock-off');
    await keyboard.type(totpCode(secret, stage.clock.now()));
    await arriveAt(page, 'Save your recovery codes');
    await stage.look(page, 'recovery-codes');
    await tabTo(page, 'I saved these codes');
    await keyboard.press('Space');
    await tabTo(page, 'Continue');
    await keyboard.press('Enter');
    await arriveAt(page, 'Your account is protected');
    await stage.look(page, 'done');
    await tabTo(page, 'Continue');
    await keyboard.press('Enter');
    await arriveAt(page, 'Hello, Alan Turing');
    expect(await heading(page, 'Hello, Alan Turing').isVisible()).toBe(true);
  });
});
