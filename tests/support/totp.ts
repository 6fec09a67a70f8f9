import { codeFor } from '../../src/testing/codes';

/** The code that an authenticator app holding this base32 secret (spaces allowed) shows at an instant. */
export const totpCode = (secret: string, atMilliseconds: number): string => codeFor(secret, atMilliseconds);

/** A six-digit code that is certainly not the given one. */
export function wrongCode(right: string): string {
  return String((Number(right) + 1) % 1_000_000).padStart(6, '0');
}

/** Codes that the app shows at no time near this instant: neither accepted nor explained by a wrong clock. */
export function wrongCodes(secret: string, atMilliseconds: number, count: number): readonly string[] {
  const near = new Set(
    Array.from({ length: 61 }, (_, index) => totpCode(secret, atMilliseconds + (index - 30) * 30_000)),
  );
  const candidates = Array.from({ length: count + near.size }, (_, index) => String(index).padStart(6, '0'));
  return candidates.filter((code) => !near.has(code)).slice(0, count);
}
