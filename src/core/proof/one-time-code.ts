import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { hasEnded } from '../clock';
import { channelOf, type Channel, type FactorKind, type Factors } from '../member/factor-kind';
import { normalizeTyped } from '../text/typed-text';
import type { KeyRing, PurposeKey } from './key-ring';

/** For another user, login, purpose, method, channel or address, the same digits have a different hash. */
export interface CodeBinding {
  readonly userId: string;
  readonly ownerId: string;
  readonly purpose: string;
  readonly codeId: string;
  readonly kind: FactorKind;
  readonly sentBy: Channel;
  /** The address on file that the code went to, or null: see `addressOnFile`. */
  readonly address: string | null;
}

const VERSION = 'v1';
const MAX_TYPED_LENGTH = 32;

/** Six decimal digits, uniform, leading zeros included. */
export function issueOneTimeCode(): string {
  return randomInt(0, 1_000_000).toString().padStart(6, '0');
}

/** ASCII digits: six, or one of `lengths`. Only accepts a string, because a pattern would also match `['123456']`. */
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

/** HMAC under a key that the store does not hold, because all million plain hashes can be tried in a second. */
export function hashOneTimeCode(
  { code, binding }: { readonly code: string; readonly binding: CodeBinding },
  keyRing: KeyRing,
): string {
  const current = keyRing.current('code');
  return `${VERSION}.${current.id}.${mac(code, binding, current)}`;
}

/** Compares a parsed code with the stored hash, in constant time. Never throws. */
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

/** Compares two texts in constant time, apart from their length, which is never secret here. Never throws. */
export function isEqualInConstantTime(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** One code that was sent or is being sent. A challenge can have several, each with its own digits, channel and expiry. */
export interface SentCode {
  /** Unique. The hash is bound to it. */
  readonly id: string;
  /** The id of the first code of this send: a text that failed and the email sent in its place share it. */
  readonly sendId: string;
  /** The authenticator that the code proves. */
  readonly authenticatorId: string;
  readonly kind: FactorKind;
  /** HMAC under a key that the store does not hold. */
  readonly codeHash: string;
  /** The channel that delivers it, and therefore what it proves. */
  readonly sentBy: Channel;
  readonly maskedDestination: string;
  readonly sentAt: number;
  readonly expiresAt: number;
  /**
   * - `stored`: a limit may still prevent it from being sent
   * - `counted`: within the limits and handed to the sender, so it may arrive
   * - `sent`: the sender confirmed it
   */
  readonly stage: 'stored' | 'counted' | 'sent';
}

/** A text and its fallback email, for this send and the one before. */
const MOST_CODES = 4;

/** Newest first. */
export function addCode(codes: readonly SentCode[], code: SentCode): readonly SentCode[] {
  return [code, ...codes].slice(0, MOST_CODES);
}

export function dropCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  return codes.filter((code) => code.id !== id);
}

/** The code is within the limits and will be sent now. */
export function countCode(codes: readonly SentCode[], id: string): readonly SentCode[] {
  return codes.map((code) => (code.id === id ? { ...code, stage: 'counted' } : code));
}

/** The code was sent. Removes the codes of earlier sends for the same authenticator. */
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

interface WithCodes {
  readonly authenticatorId: string;
  readonly codes: readonly SentCode[];
}

/** Newest first. Codes of other authenticators are kept until they are asked for again. */
export function currentCodes({ authenticatorId, codes }: WithCodes): readonly SentCode[] {
  return codes.filter((code) => code.authenticatorId === authenticatorId);
}

export function liveCode(challenge: WithCodes, now: number): SentCode | undefined {
  return currentCodes(challenge).find((code) => !isChallengeOver(code, now));
}

/** The newest code that has not expired and was sent or is being sent. */
export function activeCode({ authenticatorId, codes }: WithCodes, now: number): SentCode | undefined {
  return liveCode({ authenticatorId, codes: codes.filter(({ stage }) => stage !== 'stored') }, now);
}

/** The intended channel, if another one delivers the code. Null if there was no fallback. */
export function fallbackOfCode(
  { kind, sentBy }: Pick<SentCode, 'kind' | 'sentBy'>,
  factors: Factors,
): Channel | null {
  const channel = channelOf(factors, kind);
  return channel === sentBy ? null : channel;
}

/** The longest lifetime of a pending login and of a code (NIST SP 800-63B-4, 3.1.3.2: ten minutes). */
export const LONGEST_CHALLENGE_SECONDS = 600;

export function isChallengeOver({ expiresAt }: { readonly expiresAt: number }, now: number): boolean {
  return hasEnded(expiresAt, LONGEST_CHALLENGE_SECONDS, now);
}
