import { twilioSms } from 'express-mfa/twilio';
import { smtpEmail } from 'express-mfa/smtp';
import { createTransport, type Transporter } from 'nodemailer';
import { startStage, storages, type Stage } from '../support/example-app-stage';
import { arriveAt, button, enterCode, enterPassword } from '../support/example-app-visitor';
import { startSmtpInbox, type SmtpInbox } from '../support/smtp-inbox';
import { wrongCode } from '../support/totp';
import { startTwilioApi, type TwilioApi } from '../support/twilio-api';

const ALAN = { id: 'alan', email: 'alan@acme.example' };
const MARY = { id: 'mary', email: 'mary@acme.example', phone: '+12025550143' };

async function assign(stage: Stage, userId: string, assignedKind: 'email' | 'sms' | 'totp'): Promise<void> {
  await stage.mfa.members.save({ userId, organizationId: 'acme' }, { enabled: true, assignedKind });
}

describe.each(storages)('a member whose codes are sent, %s', (storage) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ storage });
    await Promise.all([assign(stage, ALAN.id, 'email'), assign(stage, MARY.id, 'sms')]);
  });
  afterAll(() => stage.stop());
  beforeEach(() => {
    stage.clock.advance(10 * 60_000);
    stage.smsFails = false;
  });

  it('gets the code by email with the password, and needs no enrollment', async () => {
    const page = await stage.open();
    await enterPassword(page, ALAN.email);
    await arriveAt(page, 'Check your email');
    await stage.look(page, 'challenge-email');
    expect(await page.getByText('a•••@acme.example').isVisible()).toBe(true);
    await enterCode(page, wrongCode(stage.codeFor(ALAN.email)));
    await page.getByText('4 tries left.').waitFor();
    await enterCode(page, stage.codeFor(ALAN.email));
    await arriveAt(page, 'Hello, Alan Turing');
  });

  it.each([
    ['Arabic digits', 0x0660],
    ['full-width digits', 0xff10],
  ])('types it in %s, which goes off by itself at the last digit', async (_what, zero) => {
    const page = await stage.open();
    await enterPassword(page, ALAN.email);
    await arriveAt(page, 'Check your email');
    const code = stage
      .codeFor(ALAN.email)
      .replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
    await page.getByRole('textbox').first().fill(`\u200F${code}\u00A0`);
    await arriveAt(page, 'Hello, Alan Turing');
  });

  it('may ask for a new code after a while, and only the new one counts', async () => {
    const page = await stage.open();
    await enterPassword(page, ALAN.email);
    await arriveAt(page, 'Check your email');
    const older = stage.codeFor(ALAN.email);
    stage.clock.advance(61_000);
    await page.reload();
    await button(page, 'Send a new code').click();
    await arriveAt(page, 'Check your email');
    const newer = stage.codeFor(ALAN.email);
    if (older !== newer) {
      await enterCode(page, older);
      await page.getByText('That code didn’t work.').waitFor();
    }
    await enterCode(page, newer);
    await arriveAt(page, 'Hello, Alan Turing');
  });

  it('is offered a new code when the first is too old', async () => {
    const page = await stage.open();
    await enterPassword(page, ALAN.email);
    await arriveAt(page, 'Check your email');
    const older = stage.codeFor(ALAN.email);
    stage.clock.advance(5 * 60_000 + 1000);
    await enterCode(page, older);
    await arriveAt(page, 'That code no longer works');
    await stage.look(page, 'challenge-code-expired');
    await button(page, 'Send a new code').click();
    await arriveAt(page, 'Check your email');
    await enterCode(page, stage.codeFor(ALAN.email));
    await arriveAt(page, 'Hello, Alan Turing');
  });

  it('gets the code by text message', async () => {
    const page = await stage.open();
    await enterPassword(page, MARY.email);
    await arriveAt(page, 'Check your phone');
    await stage.look(page, 'challenge-sms');
    await enterCode(page, stage.codeFor(MARY.phone));
    await arriveAt(page, 'Hello, Mary Jackson');
    expect(await page.getByText('code by text message').isVisible()).toBe(true);
  });

  it('gets the code by email when the text message cannot be sent, and is told so', async () => {
    stage.smsFails = true;
    const page = await stage.open();
    await enterPassword(page, MARY.email);
    await page.getByText('We couldn’t text your phone. The code went to your email instead.').waitFor();
    await arriveAt(page, 'Check your email');
    await stage.look(page, 'challenge-fallback');
    await enterCode(page, stage.codeFor(MARY.email));
    await arriveAt(page, 'Hello, Mary Jackson');
  });
});

describe('with a real mail server and the real Twilio client', () => {
  let stage: Stage;
  let inbox: SmtpInbox;
  let twilioApi: TwilioApi;
  let transport: Transporter;

  beforeAll(async () => {
    [inbox, twilioApi] = await Promise.all([startSmtpInbox(), startTwilioApi()]);
    transport = createTransport({ url: inbox.url, ignoreTLS: true } as never);
    stage = await startStage({
      email: smtpEmail({ transport, from: 'Acme Portal <no-reply@acme.example>' }),
      sms: twilioSms({ client: twilioApi.createClient(), from: '+15005550001' }),
    });
    await assign(stage, MARY.id, 'sms');
  });
  afterAll(async () => {
    await stage.stop();
    transport.close();
    await Promise.all([inbox.stop(), twilioApi.stop()]);
  });

  it('texts the code, and emails it while Twilio is down', async () => {
    const first = await stage.open();
    await enterPassword(first, MARY.email);
    const text = await twilioApi.messages.next(({ to }) => to === MARY.phone);
    await arriveAt(first, 'Check your phone');
    await enterCode(first, /\b\d{6}\b/.exec(text.body)?.[0] ?? '');
    await arriveAt(first, 'Hello, Mary Jackson');

    await twilioApi.fail();
    stage.clock.advance(10 * 60_000);
    const second = await stage.open();
    await enterPassword(second, MARY.email);
    const mail = await inbox.mails.next(({ text: body }) => /\b\d{6}\b/.test(body));
    expect(mail.envelopeTo).toEqual([MARY.email]);
    await second.getByText('The code went to your email instead.').waitFor();
    await enterCode(second, /\b\d{6}\b/.exec(mail.text)?.[0] ?? '');
    await arriveAt(second, 'Hello, Mary Jackson');
  });
});
