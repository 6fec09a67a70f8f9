import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { hasEnded } from '../clock';
import { channelOf, type Channel, type FactorKind, type Factors } from '../member/factor-kind';
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

/** One code that was sent, or is on its way. A challenge may have several: each has its own digits, channel and end. */
export interface SentCode {
  /** Tells it from all others; its hash is bound to it. */
  readonly id: string;
  /** The id of the code that was sent first: a text and the mail that followed, because the text did not go out, belong together. */
  readonly sendId: string;
  /** The authenticator that it proves, and the kind of that. */
  readonly authenticatorId: string;
  readonly kind: FactorKind;
  /** HMAC under a key that the store does not hold. */
  readonly codeHash: string;
  /** The channel by which it travels, which is what it proves. */
  readonly sentBy: Channel;
  readonly maskedDestination: string;
  readonly sentAt: number;
  readonly expiresAt: number;
  /**
   * Whether it was only `stored`, so that a limit may still keep it from being sent; or `counted` under the limits and handed to its
   * sender, so that it may arrive; or `sent`, as its sender said.
   */
  readonly stage: 'stored' | 'counted' | 'sent';
}

/** A text and a mail that are under way, and the same of the send before. */
const MOST_CODES = 4;

/** Newest first. */
export function addCode(codes: readonly SentCode[], code: SentCode): readonly SentCode[] {
  return [code, ...codes].slice(0, MOST_CODES);
}

export function dropCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  return codes.filter((code) => code.id !== id);
}

/** There was room for it under the limits: it goes out now. */
export function countCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  return codes.map((code) => (code.id === id ? { ...code, stage: 'counted' } : code));
}

/** The code went out: those of the sends before it, by the same authenticator, are worth nothing any more. */
export function confirmCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  const place = codes.findIndex((code) => code.id === id);
  const confirmed = codes[place];
  if (confirmed === undefined) return codes;
  const { sendId, authenticatorId } = confirmed;
  const older = codes
    .slice(place + 1)
    .filter((code) => code.sendId === sendId || code.authenticatorId !== authenticatorId);
  return [...codes.slice(0, place), { ...confirmed, stage: 'sent' }, ...older];
}

interface Coded {
  readonly authenticatorId: string;
  readonly codes: readonly SentCode[];
}

/** The codes for the authenticator that is asked now, newest first; those of others wait until it is their turn again. */
export function currentCodes({ authenticatorId, codes }: Coded): readonly SentCode[] {
  return codes.filter((code) => code.authenticatorId === authenticatorId);
}

/** The newest that still holds. */
export function liveCode(challenge: Coded, now: number): SentCode | undefined {
  return currentCodes(challenge).find((code) => !isChallengeOver(code, now));
}

/** The newest that holds and went out, or is about to. */
export function codeUnderWay({ authenticatorId, codes }: Coded, now: number): SentCode | undefined {
  return liveCode({ authenticatorId, codes: codes.filter(({ stage }) => stage !== 'stored') }, now);
}

/** The channel that the code was meant for, where it travels by another one; null where it does not. */
export function fallbackOfCode(
  { kind, sentBy }: Pick<SentCode, 'kind' | 'sentBy'>,
  factors: Factors,
): Channel | null {
  const channel = channelOf(factors, kind);
  return channel === sentBy ? null : channel;
}

/** The longest life of an unfinished login and of a code (NIST SP 800-63B-4, 3.1.3.2: ten minutes). */
export const LONGEST_CHALLENGE_SECONDS = 600;

/** Whether a challenge, or the unfinished login that it belongs to, is over. */
export function isChallengeOver({ expiresAt }: { readonly expiresAt: number }, now: number): boolean {
  return hasEnded(expiresAt, LONGEST_CHALLENGE_SECONDS, now);
}
