import { generateSync } from 'otplib';
import type { Outbox, OutboxMessage } from '../delivery/outbox';

/**
 * The code that an authenticator app shows at an instant (default: now). Pass the secret in base32 as the page shows it, or the
 * `otpauth:` URI of the QR code.
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
 * The six-digit code in the newest message to an address or phone number; without `to`, in the newest message to anyone.
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
