import { createTransport } from 'nodemailer';
import { ConfigurationError } from '../../../src/core/errors';
import type { DeliveryFailure, Notice } from '../../../src/delivery/delivery';
import { smtpEmail } from '../../../src/delivery/smtp-email';
import { address, code, startDeliveryWorld, toBoth, type DeliveryWorld } from './delivery-world';

let world: DeliveryWorld;
beforeAll(async () => {
  world = await startDeliveryWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.stop());

const byEmail = { ...toBoth, by: 'email', destinations: { email: address } } as const;
const neverAborted = new AbortController().signal;
const message = { subject: 'Your code', text: code, html: `<p>${code}</p>` };

describe('a code sent by email', () => {
  it('reaches exactly one mailbox and says what, where, when and who asked', async () => {
    const origin = {
      address: '203.0.113.9',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    };
    const outcome = await world.deliver().sendCode({ ...byEmail, origin });
    expect(outcome).toEqual({ outcome: 'sent', sentBy: 'email', fallbackFrom: null, messageId: null });
    const mail = await world.inbox.mails.next();
    expect(mail.envelopeFrom).toBe('no-reply@acme.example');
    expect(mail.envelopeTo).toEqual([address]);
    expect(mail.headers.get('to')).toBe(address);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    for (const said of [
      code,
      '5 minutes',
      'Acme Portal',
      'portal.acme.example',
      '15 Jan 2026, 12:00 UTC',
      'Mary',
    ]) {
      expect(mail.text).toContain(said);
    }
    expect(mail.text).toMatch(/Device: +Firefox on Linux\nFrom: +203\.0\.113\.9/);
    expect(mail.text).not.toContain('We couldn’t text your phone');
    expect(mail.html).toContain(code);
    expect(mail.subject).not.toContain(code);
  });

  it.each<[string, (world: DeliveryWorld) => Promise<void>, string]>([
    ['refuses the address', ({ inbox }) => inbox.refuse(), 'destination-refused'],
    ['is down', ({ inbox }) => inbox.down(), 'provider-failed'],
  ])('fails, and does not go by SMS, where the server %s', async (_name, spoil, because) => {
    await spoil(world);
    const outcome = await world.deliver().sendCode({ ...toBoth, by: 'email' });
    expect(outcome).toEqual({ outcome: 'failed', because });
    expect(world.twilioApi.messages.all).toEqual([]);
  });

  it('fails where the server does not answer in time', async () => {
    // A server of its own: what it was given before the limit may still come out later.
    const slow = await startDeliveryWorld();
    await slow.inbox.hang();
    const outcome = await slow.deliver({ emailTimeoutSeconds: 0.05 }).sendCode(byEmail);
    expect(outcome).toEqual({ outcome: 'failed', because: 'timed-out' });
    await slow.stop();
  });

  it('is not known to have failed where nodemailer gave up waiting, or lost the connection', async () => {
    const slow = await startDeliveryWorld();
    await slow.inbox.hang();
    const transport = createTransport({ url: slow.inbox.url, ignoreTLS: true, socketTimeout: 50 } as never);
    const email = smtpEmail({ transport, from: 'no-reply@acme.example' });
    const lost = slow.deliver({ email }).sendCode(byEmail);
    expect(await lost).toEqual({ outcome: 'failed', because: 'timed-out' });
    transport.close();
    await slow.stop();
  });

  it('fails where there is no address or no sender', async () => {
    const failed = { outcome: 'failed', because: 'destination-refused' };
    expect(await world.deliver().sendCode({ ...byEmail, destinations: {} })).toEqual(failed);
    expect(await world.deliver({ email: null }).sendCode(byEmail)).toMatchObject({ outcome: 'failed' });
  });
});

describe('an address that would become another', () => {
  const hostile = [
    'mary@acme.example\r\nBcc: eve@evil.example',
    'mary@acme.example, eve@evil.example',
    'mary@acme.example;eve@evil.example',
    '"mary@acme.example Bcc: eve"@evil.example',
    'friends: eve@evil.example;',
    'Mary <eve@evil.example>',
    'mary@acme.example eve@evil.example',
  ];

  it.each(hostile)('is refused before the mail server hears of it: %j', async (email) => {
    const outcome = await world.deliver().sendCode({ ...byEmail, destinations: { email } });
    expect(outcome).toEqual({ outcome: 'failed', because: 'destination-refused' });
    await expect(world.email.send({ to: email, ...message }, neverAborted)).rejects.toMatchObject({
      because: 'destination-refused',
    });
    expect(world.inbox.mails.all).toEqual([]);
  });

  it.each([
    ['sales&support@acme.example', 'sales&support@acme.example'],
    ["!#$%&'*+-/=?^_`{|}~@acme.example", "!#$%&'*+-/=?^_`{|}~@acme.example"],
    ['=?utf-8?Q?eve?=@acme.example', '=?utf-8?Q?eve?=@acme.example'],
    // The server of this test shows international domains as people read them.
    ['mary@xn--bcher-kva.example', 'mary@bücher.example'],
    ['mary@bücher.example', 'mary@bücher.example'],
    ['mary@mailhost', 'mary@mailhost'],
  ])('is none of those with unusual letters: %s', async (email, to) => {
    const outcome = await world.deliver().sendCode({ ...byEmail, destinations: { email } });
    expect(outcome).toMatchObject({ outcome: 'sent', sentBy: 'email' });
    const mail = await world.inbox.mails.next();
    expect(mail.envelopeTo).toEqual([to]);
    expect(world.inbox.mails.all).toHaveLength(1);
  });

  it('gains nothing by a subject or a name with line breaks', async () => {
    const injection = 'Mary\r\nBcc: eve@evil.example\r\n\r\nhello';
    await world.deliver().sendCode({ ...byEmail, userName: injection });
    await world.email.send({ to: address, ...message, subject: injection }, neverAborted);
    expect(world.inbox.mails.all).toHaveLength(2);
    for (const mail of world.inbox.mails.all) {
      expect(mail.envelopeTo).toEqual([address]);
      expect(mail.headers.has('bcc')).toBe(false);
    }
    expect(world.inbox.mails.all[0]?.text).toContain('Account: Mary Bcc: eve@evil.example hello');
  });
});

describe('the sender of smtpEmail', () => {
  it.each([
    '',
    'Acme Portal',
    'no-reply@acme.example\r\nBcc: eve@evil.example',
    'a@b.example, c@d.example',
    'Acme <x',
    '"Acme" <büro@acme.example>',
    'Acme <a@b.example> <c@d.example>',
  ])('is refused when built where it is no address: %j', (from) => {
    expect(() => smtpEmail({ transport: world.transport, from })).toThrow(ConfigurationError);
  });

  it.each([
    ['sales&support@acme.example', 'sales&support@acme.example'],
    ['Acme, Inc. <sales&support@acme.example>', 'sales&support@acme.example'],
    ['Büro <post@bücher.example>', 'post@bücher.example'],
  ])('is taken where it is an address: %j', async (from, envelopeFrom) => {
    await smtpEmail({ transport: world.transport, from }).send({ to: address, ...message }, neverAborted);
    expect((await world.inbox.mails.next()).envelopeFrom).toBe(envelopeFrom);
  });

  it('can be checked before it is needed', async () => {
    const transport = createTransport(world.inbox.url);
    const email = smtpEmail({ transport, from: 'no-reply@acme.example' });
    await expect(email.check?.()).resolves.toBeUndefined();
    await world.inbox.down();
    await expect(email.check?.()).rejects.toMatchObject({ because: 'provider-failed' });
  });

  it('sends nothing once it was told to stop', async () => {
    const sending = world.email.send({ to: address, ...message }, AbortSignal.abort(new Error('stopped')));
    await expect(sending).rejects.toThrow('stopped');
    expect(world.inbox.mails.all).toEqual([]);
  });
});

describe('a notice', () => {
  const at = Date.UTC(2026, 0, 15, 12, 0, 0);
  const told = { origin: { address: '203.0.113.9', userAgent: '' }, at };
  const notices: readonly (readonly [Notice, RegExp])[] = [
    [
      { ...told, kind: 'authenticator-added', factor: 'totp', label: 'Work phone' },
      /app “Work phone” was added/,
    ],
    [{ ...told, kind: 'authenticator-removed', factor: 'sms' }, /was removed from your account/],
    [{ ...told, kind: 'authenticator-replaced', factor: 'email' }, /took the place of an older one/],
    [{ ...told, kind: 'recovery-codes-issued' }, /new set of recovery codes/],
    [{ ...told, kind: 'recovery-code-used', left: 3 }, /3/],
    [{ ...told, kind: 'member-reset', origin: null }, /administrator of your organization/],
    [
      { ...told, kind: 'proofs-locked', lockedUntil: at + 1_800_000, unlockUrl: null },
      /15 Jan 2026, 12:30 UTC/,
    ],
    [
      { ...told, kind: 'other', heading: 'MFA was switched off', paragraphs: ['Nobody is asked.'] },
      /Nobody is asked/,
    ],
  ];

  it.each(notices)('is sent: %j', async (notice, words) => {
    const delivery = world.deliver();
    await delivery.sendNotice({ to: address, userName: 'Mary', organizationId: 'acme', notice });
    const mail = await world.inbox.mails.next();
    expect(mail.envelopeTo).toEqual([address]);
    expect(mail.text).toMatch(words);
    expect(mail.text).toContain('15 Jan 2026, 12:00 UTC');
    expect(mail.text.includes('203.0.113.9')).toBe(notice.origin !== null);
  });

  it('that fails is told to its caller and to nobody else', async () => {
    const delivery = world.deliver();
    const failures: unknown[] = [];
    const [[notice] = []] = notices;
    if (notice === undefined) throw new Error('No notice.');
    await world.inbox.down();
    for (const to of [address, 'a@b.example, c@d.example']) {
      const send = () => delivery.sendNotice({ to, userName: 'Mary', organizationId: 'acme', notice });
      delivery.inBackground(send, (error) => failures.push(error));
    }
    await delivery.settled();
    expect(failures.map((error) => (error as DeliveryFailure).because).toSorted()).toEqual([
      'destination-refused',
      'provider-failed',
    ]);
  });
});
