import { generateSync } from 'otplib';

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
