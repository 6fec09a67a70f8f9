import { createDelivery } from '../../../src/delivery/delivery';
import { createOutbox } from '../../../src/delivery/outbox';
import { resolveBrands } from '../../../src/options/brand';
import { createClock } from '../../support/clock';
import { translationsIn } from '../../support/translations';

// A directory may hold anything. What is no address reaches no sender, whoever made it.

describe('a code', () => {
  const clock = createClock();
  const outbox = createOutbox({ clock });
  const delivery = createDelivery({
    email: outbox.email,
    sms: outbox.sms,
    clock,
    translations: translationsIn('en'),
    host: 'portal.acme.example',
    baseUrl: 'https://portal.acme.example',
    brandOf: resolveBrands(undefined, { issuer: 'Acme Portal', onError: () => undefined }),
    smsTimeoutSeconds: 20,
    emailTimeoutSeconds: 20,
    codeSeconds: 300,
    onFailure: () => undefined,
  });
  const code = { code: '204417', purpose: 'login', userName: 'Mary', organizationId: 'acme' } as const;
  const refused = { outcome: 'failed', because: 'destination-refused' };

  it.each(['', '555', 'mary', '+447700900123,+447700900456'])('is sent to no number: %j', async (sms) => {
    expect(await delivery.sendCode({ ...code, by: 'sms', destinations: { sms } })).toMatchObject(refused);
    expect(outbox.messages).toEqual([]);
  });

  it.each(['', 'mary', 'mary@acme.example,eve@evil.example'])('is sent to no address: %j', async (email) => {
    expect(await delivery.sendCode({ ...code, by: 'email', destinations: { email } })).toMatchObject(refused);
    expect(outbox.messages).toEqual([]);
  });
});
