import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import type { Channel, FactorKind } from '../member/factor-kind';
import { normalizeTyped } from '../text/typed-text';
import type { KeyRing, PurposeKey } from './key-ring';

/** The one request that a code answers. The same digits for another user, login, purpose, method, channel or address hash to something else. */
export interface CodeBinding {
  readonly userId: string;
  readonly ownerId: string;
  readonly purpose: string;
  readonly codeId: string;
  readonly kind: FactorKind;
  readonly sentBy: Channel;
  /** The address on file that it went to, or null: see `addressOnFile`. */
  readonly address: string | null;
}

const VERSION = 'v1';
const MAX_TYPED_LENGTH = 32;

/** Six decimal digits, uniform, leading zeros included. */
export function issueOneTimeCode(): string {
  return randomInt(0, 1_000_000).toString().padStart(6, '0');
}

/**
 * What was typed as six ASCII digits, or as many as `lengths` says, or null. Digits of every script count, and separators are dropped. Only a string is
 * taken: a pattern would match `['123456']` as well.
 */
export function parseSubmittedCode(value: unknown, lengths: readonly number[] = [6]): string | null {
  if (typeof value !== 'string' || value.length > MAX_TYPED_LENGTH) return null;
  const digits = normalizeTyped(value);
  return /^[0-9]+$/.test(digits) && lengths.includes(digits.length) ? digits : null;
}

function mac(code: string, binding: CodeBinding, { key }: PurposeKey): string {
  const { userId, ownerId, purpose, codeId, kind, sentBy, address } = binding;
  const bound = JSON.stringify([VERSION, userId, ownerId, purpose, codeId, kind, sentBy, address, code]);
  return createHmac('sha256', key).update(bound).digest('base64url');
}

/**
 * A sent code as it is stored: HMAC-SHA-256 under a key that the store does not hold, since a million plain hashes
 * are tried in a second. The key id stays readable so that codes outlive a rotation.
 */
export function hashOneTimeCode(
  { code, binding }: { readonly code: string; readonly binding: CodeBinding },
  keyRing: KeyRing,
): string {
  const current = keyRing.current('code');
  return `${VERSION}.${current.id}.${mac(code, binding, current)}`;
}

/** Judges a parsed code against the stored hash, in constant time. Never throws. */
export function isOneTimeCode(
  {
    submittedCode,
    expectedHash,
    binding,
  }: { readonly submittedCode: string; readonly expectedHash: string; readonly binding: CodeBinding },
  keyRing: KeyRing,
): boolean {
  const [version, keyId = ''] = expectedHash.split('.');
  const key = keyRing.find('code', keyId);
  if (version !== VERSION || key === undefined) return false;
  const hash = `${VERSION}.${keyId}.${mac(submittedCode, binding, key)}`;
  return isEqualInConstantTime(hash, expectedHash);
}

/**
 * Compares two texts in a time that says nothing about where they differ. How long they are is no secret of anything compared
 * here. Never throws, whatever their lengths.
 */
export function isEqualInConstantTime(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
