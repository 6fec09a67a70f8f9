import { createHmac, randomBytes } from 'node:crypto';
import type { KeyRing, PurposeKey } from './key-ring';
import { isEqualInConstantTime } from './one-time-code';
import { PlainSecret } from './secrets';

/** The use of a token. A token is not valid for another use. */
export type TokenUse =
  | 'browser'
  | 'browser-owner'
  | 'browser-successor'
  | 'factor-set'
  | 'first-step'
  | 'network'
  | 'passkey-sign-in'
  | 'unlock-link';

const VERSION = 'v1';
const TOKEN_BYTES = 32;

/** 256 random bits in base64url. */
export function issueToken(): PlainSecret {
  return new PlainSecret(randomBytes(TOKEN_BYTES).toString('base64url'));
}

/** A token that a visitor sent, or null if it does not have the shape of one. */
export function parseToken(value: unknown): PlainSecret | null {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value) ? new PlainSecret(value) : null;
}

function mac({ key }: PurposeKey, use: TokenUse, parts: readonly string[]): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([VERSION, use, ...parts]))
    .digest('base64url');
}

/** The stored form: the key's id, then an HMAC under that key, which the store does not hold. */
export function hashToken(keyRing: KeyRing, use: TokenUse, parts: readonly string[]): string {
  const current = keyRing.current('token');
  return `${current.id}.${mac(current, use, parts)}`;
}

/** The stored form under every key of the ring, current key first, so that a token survives a key rotation. */
export function tokenHashes(keyRing: KeyRing, use: TokenUse, parts: readonly string[]): readonly string[] {
  return keyRing.all('token').map((key) => `${key.id}.${mac(key, use, parts)}`);
}

/** Derived from the token with the key: repeated answers contain the same successor, and nobody else can compute it. */
export function succeedToken(keyRing: KeyRing, token: PlainSecret, parts: readonly string[]): PlainSecret {
  return successor(keyRing.current('token'), token, parts);
}

/** The successors under every key of the ring: one issued before a rotation was derived with an older key. */
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

export const VISITOR_TOKEN_SECONDS = 7200;

/** The allowed clock difference between two processes. A token from further in the future is rejected. */
const CLOCK_SKEW_SECONDS = 60;

const ID_BYTES = 12;
const ID_LENGTH = ID_BYTES * 2;
const HEAD_LENGTH = ID_LENGTH + 8;
const SHAPE = /^[0-9a-f]{64}$/;

/** The two halves of a signed double-submit token. Neither can be computed from the other without the key. */
export type VisitorTokenHalf = 'cookie' | 'form';

export interface VisitorMark {
  /** 96 random bits, the same in both halves. */
  readonly id: string;
  readonly issuedAtSeconds: number;
}

export function issueVisitorMark(now: number): VisitorMark {
  return { id: randomBytes(ID_BYTES).toString('hex'), issuedAtSeconds: Math.floor(now / 1000) };
}

/** 64 hexadecimal digits: the id, the time of issue, and 128 bits of an HMAC over both. */
export function writeVisitorHalf(keyRing: KeyRing, half: VisitorTokenHalf, mark: VisitorMark): string {
  const head = mark.id + mark.issuedAtSeconds.toString(16).padStart(8, '0');
  return head + sign(keyRing.current('visitor'), half, head);
}

/** The content of a submitted half, or null if it was not made with a key of the ring. Does not check its age. */
export function readVisitorHalf(
  keyRing: KeyRing,
  half: VisitorTokenHalf,
  submitted: string | undefined,
): VisitorMark | null {
  if (submitted === undefined || !SHAPE.test(submitted)) return null;
  const head = submitted.slice(0, HEAD_LENGTH);
  const signature = submitted.slice(HEAD_LENGTH);
  const isOurs = keyRing
    .all('visitor')
    .some((key) => isEqualInConstantTime(sign(key, half, head), signature));
  if (!isOurs) return null;
  return { id: head.slice(0, ID_LENGTH), issuedAtSeconds: Number.parseInt(head.slice(ID_LENGTH), 16) };
}

export function isVisitorMarkLive({ issuedAtSeconds }: VisitorMark, now: number): boolean {
  const age = now / 1000 - issuedAtSeconds;
  return age >= -CLOCK_SKEW_SECONDS && age < VISITOR_TOKEN_SECONDS;
}

function sign({ key }: PurposeKey, half: VisitorTokenHalf, head: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(['v1', half, head]))
    .digest('hex')
    .slice(0, 64 - HEAD_LENGTH);
}
