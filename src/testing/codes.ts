import { generateSync } from 'otplib';
import type { Outbox, OutboxMessage } from '../delivery/outbox';

/**
 * The code that an authenticator app shows for a secret at an instant, by default now: the secret in base32 as the page shows it, or
 * the `otpauth:` URI of the QR code.
 *
 * @example
 * await agent.post('/mfa/challenge').send({ code: codeFor(secret) });
 */
export function codeFor(secretOrUri: string, atMilliseconds: number = Date.now()): string {
  const isUri = secretOrUri.startsWith('otpauth:');
  const secret = isUri ? (new URL(secretOrUri).searchParams.get('secret') ?? '') : secretOrUri;
  return generateSync({
    secret: secret.replaceAll(/\s/g, '').toUpperCase(),
    epoch: Math.floor(atMilliseconds / 1000),
  });
}

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
