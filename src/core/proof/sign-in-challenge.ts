import { randomBytes } from 'node:crypto';
import { isRecent } from '../clock';
import { hashToken, tokenHashes } from './bearer-token';
import type { KeyRing } from './key-ring';
import { isEqualInConstantTime } from './one-time-code';

export const SIGN_IN_CHALLENGE_SECONDS = 300;

const NONCE_BYTES = 16;
const INSTANT_BYTES = 6;
const MAC_BYTES = 32;
const HEAD_BYTES = NONCE_BYTES + INSTANT_BYTES;

/** Needs no storage, so anybody can open the sign-in page without filling the store. Not valid for another visitor. */
export function issueSignInChallenge(
  keyRing: KeyRing,
  { visitor, now }: { readonly visitor: string; readonly now: number },
): string {
  const head = Buffer.alloc(HEAD_BYTES);
  randomBytes(NONCE_BYTES).copy(head);
  head.writeUIntBE(now, NONCE_BYTES, INSTANT_BYTES);
  const [, mac = ''] = hashToken(keyRing, 'passkey-sign-in', partsOf(head, visitor)).split('.');
  return Buffer.concat([head, Buffer.from(mac, 'base64url')]).toString('base64url');
}

function partsOf(head: Buffer, visitor: string): readonly string[] {
  return [head.toString('base64url'), visitor];
}

/** The id to mark as used. Null if it was issued elsewhere or to another visitor, or is too old. */
export function readSignInChallenge(
  keyRing: KeyRing,
  submitted: {
    readonly challenge: string;
    readonly visitors: readonly string[];
    readonly now: number;
  },
): string | null {
  const { challenge, visitors, now } = submitted;
  const bytes = Buffer.from(challenge, 'base64url');
  if (bytes.length !== HEAD_BYTES + MAC_BYTES || bytes.toString('base64url') !== challenge) return null;
  const head = bytes.subarray(0, HEAD_BYTES);
  const mac = bytes.subarray(HEAD_BYTES).toString('base64url');
  const isOurs = visitors
    .flatMap((visitor) => tokenHashes(keyRing, 'passkey-sign-in', partsOf(head, visitor)))
    .some((hash) => isEqualInConstantTime(hash.split('.')[1] ?? '', mac));
  const issuedAt = head.readUIntBE(NONCE_BYTES, INSTANT_BYTES);
  if (!isOurs || !isRecent(issuedAt, SIGN_IN_CHALLENGE_SECONDS, now)) return null;
  return head.subarray(0, NONCE_BYTES).toString('base64url');
}
