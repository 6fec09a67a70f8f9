import type { Outbox, OutboxMessage } from '../delivery/outbox';

/**
 * The six digits in the newest message to an address or a phone number, or in the newest one to anybody.
 *
 * @throws Error if no message has a code.
 * @example
 * await agent.post('/mfa/challenge').send({ code: newestCode(outbox, 'ada@acme.example') });
 */
export function newestCode({ messages }: Pick<Outbox, 'messages'>, to?: string): string {
  const codes = codesIn(to === undefined ? messages : messages.filter((message) => message.to === to));
  const newest = codes.at(-1);
  if (newest === undefined) throw new Error(`No code was sent${to === undefined ? '' : ` to ${to}`}.`);
  return newest;
}

/** The codes in messages, oldest first. */
export function codesIn(messages: readonly OutboxMessage[]): readonly string[] {
  return messages.flatMap(({ text }) => /\b\d{6}\b/.exec(text)?.[0] ?? []);
}
