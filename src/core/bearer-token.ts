import { createHmac, randomBytes } from 'node:crypto';
import type { KeyRing, PurposeKey } from './key-ring';
import { PlainSecret } from './plain-secret';

/** What a token is for; the same characters mean nothing for another use. */
export type TokenUse =
  'browser' | 'browser-owner' | 'browser-successor' | 'factor-set' | 'first-step' | 'network' | 'unlock-link';

const VERSION = 'v1';
const TOKEN_BYTES = 32;

/** 256 random bits in base64url. */
export function issueToken(): PlainSecret {
  return new PlainSecret(randomBytes(TOKEN_BYTES).toString('base64url'));
}

/** A token as a visitor sent it, or null where it has not even the shape of one. */
export function parseToken(value: unknown): PlainSecret | null {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value) ? new PlainSecret(value) : null;
}

function mac({ key }: PurposeKey, use: TokenUse, parts: readonly string[]): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([VERSION, use, ...parts]))
    .digest('base64url');
}

/** The stored form: an HMAC under a key that the store does not hold, with the key's id in front. */
export function hashToken(keyRing: KeyRing, use: TokenUse, parts: readonly string[]): string {
  const current = keyRing.current('token');
  return `${current.id}.${mac(current, use, parts)}`;
}

/** The stored form under every key of the ring, so that a token outlives a rotation. The current key comes first. */
export function tokenHashes(keyRing: KeyRing, use: TokenUse, parts: readonly string[]): readonly string[] {
  return keyRing.all('token').map((key) => `${key.id}.${mac(key, use, parts)}`);
}

/**
 * The token that takes the place of another. It follows from it under the key, so that an answer can be given once more and all copies
 * of it are the same; without the key nobody gets from one to the next.
 */
export function succeedToken(keyRing: KeyRing, token: PlainSecret, parts: readonly string[]): PlainSecret {
  return successor(keyRing.current('token'), token, parts);
}

/** The same under every key of the ring: what was handed out before a rotation follows under an older one. */
export function successorsOf(
  keyRing: KeyRing,
  token: PlainSecret,
  parts: readonly string[],
): readonly PlainSecret[] {
  return keyRing.all('token').map((key) => successor(key, token, parts));
}

function successor(key: PurposeKey, token: PlainSecret, parts: readonly string[]): PlainSecret {
  return new PlainSecret(mac(key, 'browser-successor', [...parts, token.reveal()]));
}
