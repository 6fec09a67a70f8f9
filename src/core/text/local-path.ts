const LONGEST = 2048;
const ANYWHERE = 'http://local.invalid';

/**
 * A path on this site, normalized, or null. Browsers read a backslash as a slash and drop tabs and line breaks, and dot
 * segments can leave two slashes in front: each of them would turn a path into an address elsewhere.
 */
export function parseLocalPath(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > LONGEST) return null;
  if (!/^\/(?!\/)[^\\\p{Cc}\p{Z}]*$/u.test(value) || !URL.canParse(value, ANYWHERE)) return null;
  const url = new URL(value, ANYWHERE);
  const path = url.pathname + url.search + url.hash;
  return url.origin === ANYWHERE && !path.startsWith('//') ? path : null;
}
