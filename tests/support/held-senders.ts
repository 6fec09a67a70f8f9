import { createOutbox } from '../../src/index';
import type { EmailSender, Outbox, SmsSender } from '../../src/index';

type Mode = 'sends' | 'holds' | 'gives-up' | 'fails';

/**
 * Senders that can be made to fail, or to hold every message back until it is let go: then it arrives, late. One that gives up
 * says that nobody answered in time, as mail clients do by themselves, and its message arrives late all the same.
 */
export interface HeldSenders {
  readonly email: EmailSender;
  readonly sms: SmsSender;
  readonly outbox: Outbox;
  set(channel: 'email' | 'sms', mode: Mode): void;
  /** Lets everything go that was held back, in the order in which it came. */
  letGo(): Promise<void>;
  /** How many messages are held back. */
  held(): number;
}

export function createHeldSenders(): HeldSenders {
  const outbox = createOutbox();
  const modes = { email: 'sends' as Mode, sms: 'sends' as Mode };
  let waiting: (() => Promise<void>)[] = [];

  function through<Sent>(channel: 'email' | 'sms', send: () => Promise<Sent>): Promise<Sent> {
    if (modes[channel] === 'fails') return Promise.reject(Object.assign(new Error('Down.'), { status: 503 }));
    if (modes[channel] === 'sends') return send();
    if (modes[channel] === 'gives-up') {
      waiting.push(() => send().then(() => undefined));
      return Promise.reject(Object.assign(new Error('Timeout'), { code: 'ETIMEDOUT' }));
    }
    return new Promise((resolve, reject) => {
      waiting.push(() => send().then(resolve, reject));
    });
  }

  return {
    outbox,
    email: { send: (message, signal) => through('email', () => outbox.email.send(message, signal)) },
    sms: { send: (message, signal) => through('sms', () => outbox.sms.send(message, signal)) },
    set(channel, mode) {
      modes[channel] = mode;
    },
    async letGo() {
      const all = waiting;
      waiting = [];
      for (const go of all) await go();
      await new Promise((resolve) => setImmediate(resolve));
    },
    held: () => waiting.length,
  };
}
