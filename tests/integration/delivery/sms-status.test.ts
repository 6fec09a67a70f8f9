import { ConfigurationError } from '../../../src/core/errors';
import { twilioSms } from '../../../src/delivery/twilio-sms';
import type { SentSms } from '../../support/twilio-api';
import { startDeliveryWorld, toBoth, type DeliveryWorld } from './delivery-world';

let world: DeliveryWorld;
beforeAll(async () => {
  world = await startDeliveryWorld();
});
afterAll(() => world.stop());

const statusCallbackUrl = 'https://portal.acme.example/mfa/sms-status?of=1';

async function send(): Promise<SentSms> {
  await world.reset();
  await world.deliver({ statusCallbackUrl }).sendCode(toBoth);
  return world.twilioApi.messages.next();
}

describe('a status callback of Twilio', () => {
  it.each([
    ['delivered', false],
    ['undelivered', true],
    ['failed', true],
  ] as const)('names the message and whether it arrived: %s', async (status, undelivered) => {
    const sent = await send();
    const { url, headers, fields } = world.twilioApi.statusCallback(sent, status);
    const signature = headers['x-twilio-signature'];
    expect(world.sms.readStatus?.({ url, signature, body: fields })).toEqual({
      messageId: sent.sid,
      undelivered,
    });
  });

  it('is refused where anything of it was forged', async () => {
    const { url, headers, fields } = world.twilioApi.statusCallback(await send(), 'undelivered');
    const signature = headers['x-twilio-signature'];
    const forged = [
      { url, signature: undefined, body: fields },
      { url, signature: '', body: fields },
      { url, signature: `${signature}x`, body: fields },
      { url, signature: Buffer.alloc(20).toString('base64'), body: fields },
      { url: `${url}2`, signature, body: fields },
      { url, signature, body: { ...fields, MessageSid: 'SM0' } },
      { url, signature, body: { ...fields, Extra: 'field' } },
      { url, signature, body: {} },
    ];
    expect(forged.map((callback) => world.sms.readStatus?.(callback))).toEqual(forged.map(() => 'refused'));
  });

  it('is not read at all without the token that signs it', () => {
    const sms = twilioSms({ client: world.twilioApi.createClient(), from: '+15005550001' });
    expect(sms).not.toHaveProperty('readStatus');
  });
});

describe('the sender of twilioSms', () => {
  it('may be a messaging service', async () => {
    await world.reset();
    const service = `MG${'a'.repeat(32)}`;
    const sms = twilioSms({ client: world.twilioApi.createClient(), from: service });
    await world.deliver({ sms }).sendCode(toBoth);
    expect(await world.twilioApi.messages.next()).toMatchObject({
      messagingServiceSid: service,
      from: undefined,
    });
  });

  it('must not be empty', () => {
    const client = world.twilioApi.createClient();
    expect(() => twilioSms({ client, from: ' ' })).toThrow(ConfigurationError);
  });
});
