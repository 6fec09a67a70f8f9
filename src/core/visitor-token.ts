import { createHmac, randomBytes } from 'node:crypto';
import { isEqualInConstantTime } from './constant-time';
import type { KeyRing, PurposeKey } from './key-ring';

/** How long a visitor's token is good for. */
export const VISITOR_TOKEN_SECONDS = 7200;

/** Clocks of two processes may differ by this much. A token from further ahead is not trusted. */
const CLOCK_SKEW_SECONDS = 60;

const ID_BYTES = 12;
const ID_LENGTH = ID_BYTES * 2;
const HEAD_LENGTH = ID_LENGTH + 8;
const SHAPE = /^[0-9a-f]{64}$/;

/** The two halves of a signed double-submit token. Neither can be made from the other without the key. */
export type VisitorTokenHalf = 'cookie' | 'form';

/** What an authentic half says. */
export interface VisitorMark {
  /** 96 random bits, the same in both halves. */
  readonly id: string;
  readonly issuedAtSeconds: number;
}

/** A visitor who has no session yet. */
export function issueVisitorMark(now: number): VisitorMark {
  return { id: randomBytes(ID_BYTES).toString('hex'), issuedAtSeconds: Math.floor(now / 1000) };
}

/** 64 hexadecimal digits: the id, the time of issue, and 128 bits of an HMAC over both. */
export function writeVisitorHalf(keyRing: KeyRing, half: VisitorTokenHalf, mark: VisitorMark): string {
  const head = mark.id + mark.issuedAtSeconds.toString(16).padStart(8, '0');
  return head + sign(keyRing.current('visitor'), half, head);
}

/** What a submitted half says, or null where it was not made under a key of the ring. It may be too old. */
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
