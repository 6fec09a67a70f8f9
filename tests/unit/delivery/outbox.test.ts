import { ConfigurationError } from '../../../src/core/errors';
import { createOutbox } from '../../../src/delivery/outbox';
import { createClock } from '../../support/clock';

const signal = new AbortController().signal;

describe('createOutbox', () => {
  it('keeps what would be sent, the newest last', async () => {
    const clock = createClock();
    const outbox = createOutbox({ clock });
    await outbox.email.send(
      { to: 'mary@acme.example', subject: 'Hello', text: 'one', html: '<p>one</p>' },
      signal,
    );
    clock.advance(1000);
    const { messageId } = await outbox.sms.send({ to: '+15005550006', text: 'two' }, signal);
    expect(messageId).toBe('outbox-2');
    expect(outbox.messages).toEqual([
      { channel: 'email', to: 'mary@acme.example', subject: 'Hello', text: 'one', at: clock.now() - 1000 },
      { channel: 'sms', to: '+15005550006', text: 'two', at: clock.now() },
    ]);
  });

  it('forgets the oldest when it is full', async () => {
    const outbox = createOutbox();
    for (let count = 0; count < 600; count += 1) {
      await outbox.sms.send({ to: '+15005550006', text: String(count) }, signal);
    }
    expect(outbox.messages).toHaveLength(500);
    expect(outbox.messages.at(-1)?.text).toBe('599');
  });

  it('is not to be had in production', () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      expect(() => createOutbox()).toThrow(ConfigurationError);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });
});
