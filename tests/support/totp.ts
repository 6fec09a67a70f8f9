import { generateSync } from 'otplib';

/** The code that an authenticator app holding this base32 secret (spaces allowed) shows at an instant. */
export function totpCode(secret: string, atMilliseconds: number): string {
  return generateSync({
    secret: secret.replaceAll(/\s/g, '').toUpperCase(),
    epoch: Math.floor(atMilliseconds / 1000),
  });
}

/** A six-digit code that is certainly not the given one. */
export function wrongCode(right: string): string {
  return String((Number(right) + 1) % 1_000_000).padStart(6, '0');
}
