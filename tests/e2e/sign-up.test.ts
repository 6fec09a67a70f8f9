import { startStage, type Stage } from '../support/example-app-stage';
import { arriveAt, button, enterCode, enterPassword } from '../support/example-app-visitor';

const HEDY = { name: 'Hedy Lamarr', email: 'hedy@acme.example', phone: '+442079460018' };
const PASSWORD = 'frequency hopping';

/** The path of the link in the newest mail to an address. */
function linkFor({ outbox, url }: Stage, to: string): string {
  const text = outbox.messages.findLast((sent) => sent.to === to)?.text ?? '';
  const link = text.split('\n').find((line) => line.startsWith(url));
  if (link === undefined) throw new Error(`No link was sent to ${to}.`);
  return link.slice(url.length);
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('signing up, %s', (_name, javaScriptEnabled) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.stop());

  it('verifies the address, protects the account with a phone, and says so by mail', async () => {
    const page = await stage.open({ javaScriptEnabled });
    await page.goto('/signup');
    await stage.look(page, 'sign-up');
    await page.getByLabel('Name').fill(HEDY.name);
    await page.getByLabel('Email address').fill(HEDY.email);
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'Sign up').click();
    await arriveAt(page, 'Check your email');
    await stage.look(page, 'sign-up-sent');

    await page.goto(linkFor(stage, HEDY.email));
    await arriveAt(page, 'Verify your address');
    await stage.look(page, 'sign-up-verify');
    stage.clock.advance(1000);
    await page.getByLabel('Password').fill('not what it was');
    await button(page, 'It’s mine, continue').click();
    await page.getByRole('alert').waitFor();
    await stage.look(page, 'sign-up-verify-wrong');
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'It’s mine, continue').click();
    await arriveAt(page, 'Protect your account');
    stage.clock.advance(1000);
    await page.getByRole('link', { name: 'Text message' }).click();
    await arriveAt(page, 'Enter your phone number');
    await stage.look(page, 'enroll-phone');
    await page.getByLabel('Mobile number').fill('12');
    await button(page, 'Text me a code').click();
    await page.getByRole('alert').waitFor();
    await stage.look(page, 'enroll-phone-wrong');
    await page.getByLabel('Mobile number').fill('020 7946 0018');
    await button(page, 'Text me a code').click();
    await arriveAt(page, 'Is this your number?');
    expect(await page.getByLabel('Mobile number').inputValue()).toBe('+44 20 7946 0018');
    await stage.look(page, 'enroll-phone-confirm');
    await button(page, 'Yes, text me a code').click();
    await arriveAt(page, 'Check your phone');
    await stage.look(page, 'enroll-phone-code');
    stage.clock.advance(61_000);
    await page.reload();
    await button(page, 'Send a new code').click();
    await arriveAt(page, 'Check your phone');
    await enterCode(page, stage.codeFor(HEDY.phone));

    await arriveAt(page, 'Save your recovery codes');
    await page.getByLabel('I saved these codes').check();
    await button(page, 'Continue').click();
    await arriveAt(page, 'Your account is protected');
    await stage.look(page, 'done-phone');
    await page.getByRole('link', { name: 'Continue' }).click();
    await arriveAt(page, 'Hello, Hedy Lamarr');
    await stage.mfa.settled();
    expect(stage.outbox.messages.at(-1)).toMatchObject({ channel: 'email', to: HEDY.email });

    stage.clock.advance(10 * 60_000);
    const next = await stage.open({ javaScriptEnabled });
    await enterPassword(next, HEDY.email, PASSWORD);
    await arriveAt(next, 'Check your phone');
    await enterCode(next, stage.codeFor(HEDY.phone));
    await arriveAt(next, 'Hello, Hedy Lamarr');
  });
});
