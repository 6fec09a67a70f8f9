import { ConfigurationError } from '../core/errors';
import { checkWhole, type RulesFor } from '../options/option-check';
import { port } from '../options/option-kinds';
import type { Clock, EmailSender, SmsSender } from '../options/ports';

/** A message that was stored instead of sent. */
export interface OutboxMessage {
  readonly channel: 'email' | 'sms';
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Stores messages for development and tests. */
export interface Outbox {
  readonly email: EmailSender;
  readonly sms: SmsSender;
  /** Newest last. */
  readonly messages: readonly OutboxMessage[];
}

export interface OutboxOptions {
  /** The clock for the time of the messages. Default: the system clock. */
  readonly clock?: Clock;
}

const RULES = {
  clock: port('an object with now(), in epoch milliseconds', 'clock: { now: () => Date.now() }', ['now']),
} satisfies RulesFor<OutboxOptions>;

const CAPACITY = 500;

/** For development only: throws {@link ConfigurationError} under `NODE_ENV=production`, because it exposes codes. */
export function createOutbox(options: OutboxOptions = {}): Outbox {
  checkWhole('options', options, RULES, 'createOutbox()');
  const { clock = { now: () => Date.now() } } = options;
  if (process.env['NODE_ENV'] === 'production') {
    throw new ConfigurationError(
      'outbox',
      'it exposes codes, and NODE_ENV is production. Write smtpEmail(…) and twilioSms(…) instead.',
    );
  }
  const messages: OutboxMessage[] = [];
  let count = 0;
  function keep(message: Omit<OutboxMessage, 'at'>): string {
    messages.push({ ...message, at: clock.now() });
    if (messages.length > CAPACITY) messages.shift();
    count += 1;
    return `outbox-${count}`;
  }
  return {
    messages,
    email: {
      send({ to, subject, text }) {
        keep({ channel: 'email', to, subject, text });
        return Promise.resolve();
      },
    },
    sms: {
      send({ to, text }) {
        return Promise.resolve({ messageId: keep({ channel: 'sms', to, text }) });
      },
    },
  };
}
