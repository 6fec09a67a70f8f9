import { createHash } from 'node:crypto';

/** Longer than any name that somebody has; what comes after it makes no other name. */
const LONGEST = 320;

/** A letter may be written as several; beyond this, taking it apart costs more than it is worth. */
const LONGEST_WRITTEN = 1280;

/** Accents, invisible characters and control characters. */
const IGNORED = /[\p{Mn}\p{Cf}\p{Cc}]/gu;

/**
 * What stands for a username wherever passwords are counted. A host's table may read many ways to write a name as the same:
 * collations of MySQL ignore case, accents and invisible characters, and others use compatibility forms. All of them must be
 * one here, or each would be guessed at anew. Two names that become one only share a count.
 *
 * Hashed, since people type passwords into the wrong field. Without a key, so that the counts outlive a rotation of keys.
 */
export function usernameKey(username: string): string {
  const name = username
    // What says nothing goes before the cut, so that no amount of it pushes the name out.
    .replaceAll(IGNORED, '')
    .trim()
    .slice(0, LONGEST_WRITTEN)
    .normalize('NFKD')
    .replaceAll(IGNORED, '')
    .trim()
    // Both ways, since `ẞ` has a lower case only and `ß` becomes `SS`.
    .toLowerCase()
    .toUpperCase()
    .slice(0, LONGEST);
  return createHash('sha256').update(name).digest('base64url').slice(0, 22);
}
