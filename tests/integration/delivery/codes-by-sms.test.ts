import { inspect } from 'node:util';
import { address, code, phone, startDeliveryWorld, toBoth } from './delivery-world';
import type { CodeToSend } from '../../../src/delivery/delivery';
import type { DeliveryWorld } from './delivery-world';

let world: DeliveryWorld;
beforeAll(async () => {
  world = await startDeliveryWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.stop());

const byEmailInstead = { outcome: 'sent', sentBy: 'email', fallbackFrom: 'sms', messageId: null };

describe('a code sent by SMS', () => {
  it('goes through the Twilio client, with a last line that browsers fill in on this host only', async () => {
    const statusCallbackUrl = 'https://portal.acme.example/mfa/sms-status';
    const outcome = await world.deliver({ statusCallbackUrl }).sendCode(toBoth);
    const [message] = world.twilioApi.messages.all;
    expect(outcome).toEqual({ outcome: 'sent', sentBy: 'sms', fallbackFrom: null, messageId: message?.sid });
    expect(message).toMatchObject({ to: phone, from: '+15005550001', statusCallback: statusCallbackUrl });
    expect(message?.body.split('\n').at(-1)).toBe(`@portal.acme.example #${code}`);
    expect(world.inbox.mails.all).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  it.each<[string, (world: DeliveryWorld) => Promise<void>, string]>([
    ['refuses the number', ({ twilioApi }) => twilioApi.refuse(21211), 'destination-refused'],
    ['was told to stop by its owner', ({ twilioApi }) => twilioApi.refuse(21610), 'destination-refused'],
    ['does not accept the sender', ({ twilioApi }) => twilioApi.refuse(21606), 'provider-failed'],
    ['fails', ({ twilioApi }) => twilioApi.fail(), 'provider-failed'],
    ['is down', ({ twilioApi }) => twilioApi.down(), 'provider-failed'],
  ])('goes to the email address at once where the provider %s', async (_name, spoil, because) => {
    await spoil(world);
    expect(await world.deliver().sendCode(toBoth)).toEqual(byEmailInstead);
    const [mail] = world.inbox.mails.all;
    expect(mail?.envelopeTo).toEqual([address]);
    expect(mail?.text).toContain(`${code} is your code`);
    expect(mail?.text).toContain('We couldn’t text your phone');
    expect(world.failures).toMatchObject([{ by: 'sms', because }]);
  });

  it('goes to the email address where the provider does not answer in time', async () => {
    await world.twilioApi.hang();
    expect(await world.deliver({ smsTimeoutSeconds: 0.05 }).sendCode(toBoth)).toEqual(byEmailInstead);
    expect(world.inbox.mails.all).toHaveLength(1);
    expect(world.failures).toMatchObject([{ by: 'sms', because: 'timed-out' }]);
  });

  it('goes to the email address where there is no SMS sender, or the number is none', async () => {
    expect(await world.deliver({ sms: null }).sendCode(toBoth)).toEqual(byEmailInstead);
    const destinations = { sms: 'nonsense', email: address };
    expect(await world.deliver().sendCode({ ...toBoth, destinations })).toEqual(byEmailInstead);
    expect(world.twilioApi.messages.all).toEqual([]);
  });

  it('fails where there is no email address, and where that fails too', async () => {
    await world.twilioApi.refuse();
    const refused = { outcome: 'failed', because: 'destination-refused' };
    expect(await world.deliver().sendCode({ ...toBoth, destinations: { sms: phone } })).toEqual(refused);
    expect(await world.deliver({ email: null }).sendCode(toBoth)).toEqual(refused);
    await world.inbox.down();
    expect(await world.deliver().sendCode(toBoth)).toEqual({ outcome: 'failed', because: 'provider-failed' });
  });

  it('counts as sent where a sender of the host, in JavaScript, answers with nothing', async () => {
    const sms = { send: async () => undefined } as never;
    expect(await world.deliver({ sms }).sendCode(toBoth)).toEqual({
      outcome: 'sent',
      sentBy: 'sms',
      fallbackFrom: null,
      messageId: null,
    });
  });

  it('counts as failed, and not as an exception, where a sender of the host throws', async () => {
    const sms = {
      send(): never {
        throw new Error('No connection.');
      },
    };
    expect(await world.deliver({ sms }).sendCode(toBoth)).toEqual(byEmailInstead);
    expect(world.failures).toMatchObject([
      { because: 'provider-failed', error: { message: 'No connection.' } },
    ]);
  });

  it('leaves neither code nor address in what is reported', async () => {
    const delivery = world.deliver({ smsTimeoutSeconds: 0.05 });
    await world.inbox.refuse();
    for (const spoil of ['refuse', 'fail', 'hang', 'down'] as const) {
      await world.twilioApi[spoil]();
      await delivery.sendCode(toBoth);
    }
    expect(world.failures).toHaveLength(8);
    const reported = inspect(world.failures, { depth: 12, showHidden: true });
    for (const kept of [code, phone, address, 'mary']) expect(reported).not.toContain(kept);
  });
});

describe('the circuit breaker of the SMS provider', () => {
  it('stops asking after three failures in a row, tries once after a minute, and closes when that works', async () => {
    const delivery = world.deliver();
    await world.twilioApi.fail();
    for (let round = 0; round < 3; round += 1) await delivery.sendCode(toBoth);
    await world.twilioApi.accept();
    expect(await delivery.sendCode(toBoth)).toEqual(byEmailInstead);
    expect(world.failures.at(-1)).toMatchObject({ by: 'sms', because: 'provider-spared' });
    world.clock.advance(59_999);
    expect(await delivery.sendCode(toBoth)).toEqual(byEmailInstead);
    expect(world.twilioApi.messages.all).toEqual([]);

    world.clock.advance(1);
    await world.twilioApi.fail();
    expect(await delivery.sendCode(toBoth)).toEqual(byEmailInstead);
    expect(world.failures.at(-1)).toMatchObject({ because: 'provider-failed' });
    await world.twilioApi.accept();
    world.clock.advance(59_999);
    expect(await delivery.sendCode(toBoth)).toEqual(byEmailInstead);
    world.clock.advance(1);
    expect(await delivery.sendCode(toBoth)).toMatchObject({ sentBy: 'sms' });
    expect(await delivery.sendCode(toBoth)).toMatchObject({ sentBy: 'sms' });
  });

  it('lets one send through at a time while it tries', async () => {
    const delivery = world.deliver();
    await world.twilioApi.fail();
    for (let round = 0; round < 3; round += 1) await delivery.sendCode(toBoth);
    await world.twilioApi.accept();
    world.clock.advance(60_000);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => delivery.sendCode(toBoth)));
    expect(world.twilioApi.messages.all).toHaveLength(1);
    expect(outcomes.filter((each) => each.outcome === 'sent' && each.sentBy === 'sms')).toHaveLength(1);
  });

  it.each([21211, 21408, 21610, 21614, 21606])(
    'does not count what the provider answers with %d',
    async (code) => {
      const delivery = world.deliver();
      await world.twilioApi.refuse(code);
      for (let round = 0; round < 6; round += 1) await delivery.sendCode(toBoth);
      await world.twilioApi.accept();
      expect(await delivery.sendCode(toBoth)).toMatchObject({ sentBy: 'sms' });
    },
  );

  /** A sender of the host's that fails like this for everybody, asked three times; then it works. */
  async function isSpared(
    error: Error,
    sent: Partial<CodeToSend>,
    users: readonly string[],
  ): Promise<boolean> {
    let works = false;
    const sms = { send: () => (works ? Promise.resolve({ messageId: 'm' }) : Promise.reject(error)) };
    const delivery = world.deliver({ sms });
    for (const userId of users) await delivery.sendCode({ ...toBoth, ...sent, userId });
    works = true;
    const outcome = await delivery.sendCode({ ...toBoth, userId: 'somebody else' });
    return outcome.outcome === 'sent' && outcome.sentBy === 'email';
  }

  const [one, three] = [
    ['eve', 'eve', 'eve'],
    ['ada', 'alan', 'mary'],
  ];

  it.each([
    ['opens for clear failures of one person at sign-in', { status: 503 }, 'login', one, true],
    ['opens for clear failures of three in enrollments', { status: 503 }, 'enroll', three, true],
    ['stays closed for clear failures of one in enrollments', { status: 503 }, 'enroll', one, false],
    ['opens for unclear failures of three at sign-in', {}, 'login', three, true],
    ['stays closed for unclear failures of one at sign-in', {}, 'login', one, false],
    ['stays closed for unclear failures in enrollments', {}, 'enroll', three, false],
    [
      'stays closed for recipients that a sender of the host refuses',
      { status: 400, code: 21614 },
      'login',
      three,
      false,
    ],
  ] as const)('%s', async (_what, fields, purpose, users, spared) => {
    const error = Object.assign(new Error('No.'), fields);
    expect(await isSpared(error, { purpose }, users ?? [])).toBe(spared);
  });
});
