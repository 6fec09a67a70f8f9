import { DEMO_PASSWORD } from '../support/example-app';
import { startStage, type Stage } from '../support/example-app-stage';
import { arriveAt, button, enterCode, enterPassword, setUpApp } from '../support/example-app-visitor';
import { totpCode, wrongCode } from '../support/totp';

const ALAN = 'alan@acme.example';

describe('without JavaScript', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.stop());

  it('a member sets up an app, signs in with it, gets a code wrong, and signs out', async () => {
    const page = await stage.open({ javaScriptEnabled: false });
    await enterPassword(page, ALAN);
    const { secret } = await setUpApp(stage, page);
    await button(page, 'Sign out').click();
    await page.getByText('You’re signed out.').waitFor();

    stage.clock.advance(60_000);
    await enterPassword(page, ALAN);
    await arriveAt(page, 'Enter the code from your app');
    await stage.look(page, 'challenge-app-without-script');
    await enterCode(page, wrongCode(totpCode(secret, stage.clock.now())));
    await page.getByText('4 tries left.').waitFor();
    await stage.look(page, 'challenge-wrong-without-script');
    await enterCode(page, totpCode(secret, stage.clock.now()));
    await arriveAt(page, 'Hello, Alan Turing');
  });

  it('a code that was sent can be asked for anew', async () => {
    await stage.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const page = await stage.open({ javaScriptEnabled: false });
    await enterPassword(page, 'mary@acme.example');
    await arriveAt(page, 'Check your email');
    await page.getByText(/You can send a new code in \d+ seconds/).waitFor();
    await stage.look(page, 'challenge-email-without-script');
    await button(page, 'Send a new code').click();
    await page.getByText('A code was sent a moment ago.').waitFor();
    stage.clock.advance(61_000);
    await button(page, 'Send a new code').click();
    await arriveAt(page, 'Check your email');
    await enterCode(page, stage.codeFor('mary@acme.example'));
    await arriveAt(page, 'Hello, Mary Jackson');
  });

  it('a double click on the sign-in form goes on with the one code that was sent', async () => {
    stage.clock.advance(600_000);
    const page = await stage.open({ javaScriptEnabled: false });
    await page.goto('/mfa/login');
    await page.getByLabel('Email or username').fill('mary@acme.example');
    await page.getByLabel('Password').fill(DEMO_PASSWORD);
    await button(page, 'Sign in').dblclick();
    await arriveAt(page, 'Check your email');
    await enterCode(page, stage.codeFor('mary@acme.example'));
    await arriveAt(page, 'Hello, Mary Jackson');
  });
});
