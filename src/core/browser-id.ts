import { randomBytes } from 'node:crypto';
import { tokenHashes } from './bearer-token';
import { isEqualInConstantTime } from './constant-time';
import type { KeyRing } from './key-ring';

/** 64 random bits in base64url, and as many characters of the mark. */
const RANDOM_BYTES = 8;
const HALF = 11;

/**
 * The id of a browser that is remembered, marked for the name that was typed in it. The mark tells a browser of the owner's before any
 * password is judged and without asking a store, which would answer otherwise for a name that nobody has. It outlives the
 * trust in the browser, so it must earn nothing but a count of its own.
 */
export function issueBrowserId(keyRing: KeyRing, name: string): string {
  const random = randomBytes(RANDOM_BYTES).toString('base64url');
  const [mark = ''] = marksOf(keyRing, random, name);
  return random + mark;
}

/** Whether the id was issued to a browser of that name, under any key of the ring. */
export function isBrowserOf(keyRing: KeyRing, id: string, name: string): boolean {
  const [random, mark] = [id.slice(0, HALF), id.slice(HALF)];
  return marksOf(keyRing, random, name).some((known) => isEqualInConstantTime(known, mark));
}

/** The end of the stored form, which has the id of its key in front. */
function marksOf(keyRing: KeyRing, random: string, name: string): readonly string[] {
  const hashes = tokenHashes(keyRing, 'browser-owner', [name, random]);
  return hashes.map((hash) => hash.slice(-HALF));
}
