import { halfLoginsAt } from '../../support/half-logins';
import { createPortal } from '../../support/portal';

// The attack: what is no phone number or address, or more than one, in the place of one. Each gets a plain 4xx page or JSON,
// and nothing is sent.

const portal = createPortal();
const { atEnrollment } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterEach(() => {
  expect(portal.errors.splice(0)).toEqual([]);
});

afterAll(() => portal.mfa.settled());

const huge = '1'.repeat(9000);

describe('an address that is none', () => {
  const PHONES: readonly unknown[] = [
    '',
    'abc',
    '1',
    '123',
    '+',
    '+1',
    '+999999999999',
    '+44 20 7946 0018 ext 5',
    '+442079460018,+15551234567',
    '+442079460018;ext=1',
    'tel:+442079460018',
    '+44207946001Ｏ',
    '+1 900 234 5678',
    '+870 773 111 632',
    '+442079460018\r\nBcc: x',
    '+442079460018\0',
    ['+442079460018'],
    { phone: '+442079460018' },
    442_079_460_018,
    null,
    true,
    '911',
    huge,
    '__proto__',
  ];
  const EMAILS: readonly unknown[] = [
    'abc',
    '@',
    'a@',
    '@b',
    'a@b',
    '.a@x.example',
    'a@127.0.0.1',
    'a@x.example/y',
    'a b@c.example',
    'a@x.example,b@y.example',
    'a@x.example;b@y.example',
    'a@x.example b@y.example',
    'a@x.example\r\nBcc: b@y.example',
    'a@x.example\nb@y.example',
    'A <a@x.example>',
    '"a b"@x.example',
    'a@x.example\0',
    ['a@x.example'],
    ['a@x.example', 'b@y.example'],
    { email: 'a@x.example' },
    42,
    true,
    null,
    `${'a'.repeat(400)}@x.example`,
    'a@x..example',
    'group:a@x.example;',
    'a@[127.0.0.1]',
    'a%0d@x\texample',
  ];

  it.each([
    ['sms', 'phone', PHONES],
    ['email', 'email', EMAILS],
  ])('gets no code by %s', async (kind, name, values) => {
    const { guest } = await atEnrollment();
    const sent = portal.outbox.messages.length;
    for (const value of values) {
      const answer = await guest.postJson(`/mfa/enroll/${kind}`, { [name]: value });
      expect([value, answer.status, answer.body.outcome]).toEqual([value, 400, 'rejected']);
    }
    for (const value of values.filter((text) => typeof text === 'string' && text !== '')) {
      const page = await guest.post(`/mfa/enroll/${kind}`, { [name]: value });
      expect([value, page.status]).toEqual([value, 400]);
      expect(page.headers['content-type']).toContain('text/html');
    }
    expect(portal.outbox.messages).toHaveLength(sent);
  });
});
