import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** The IP address in canonical form, or null: without the port, the IPv6 mapping (`::ffff:`) and the interface (`%eth0`). */
export function parseAddress(text: string): string | null {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text.trim()) ?? [];
  const [, beforePort] = /^([\d.]+):\d{1,5}$/.exec(text.trim()) ?? [];
  const bare = (inBrackets ?? beforePort ?? text.trim()).replace(/%[\w.-]+$/, '');
  // Some programs accept `1` and `0x7f.1` as addresses. Here they are typing errors.
  if (!bare.includes(':')) return ipaddr.IPv4.isValidFourPartDecimal(bare) ? bare : null;
  return ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare).toString() : null;
}

export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && ipaddr.parse(address).range() === 'unicast';
}

/** The range that one visitor controls: one IPv4 address, or an IPv6 /64. Takes a result of `parseAddress`. */
export function networkOf(address: string): string {
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return address;
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`;
}

/** The part that stays the same from day to day for most people. All addresses outside the public internet share one name. */
export function wideNetworkOf(text: string): string {
  const address = parseAddress(text);
  if (address === null || !isPublicAddress(address)) return 'private';
  const parsed = ipaddr.parse(address);
  return parsed
    .toByteArray()
    .slice(0, parsed.kind() === 'ipv4' ? 2 : 4)
    .join('.');
}

/** Longer than any real username. Names that differ only after it count as the same. */
const LONGEST = 320;

/** Compatibility decomposition can make a letter longer, so the input is cut first: decomposing more would cost too much. */
const LONGEST_WRITTEN = 1280;

/** Accents, invisible characters and control characters. */
const IGNORED = /[\p{Mn}\p{Cf}\p{Cc}]/gu;

/**
 * The key under which password attempts for a username are counted. The host's table may treat several spellings as one user:
 * MySQL collations ignore case, accents and invisible characters, and others use compatibility forms. All of them must share one
 * key, or an attacker gets a fresh count for each spelling. If two real names share a key, they only share a count.
 *
 * Hashed, because people type passwords into the wrong field. Not keyed, so that counts survive a key rotation.
 */
export function usernameKey(username: string): string {
  const name = username
    // Remove ignored characters before the cut, so that padding cannot push out the name.
    .replaceAll(IGNORED, '')
    .trim()
    .slice(0, LONGEST_WRITTEN)
    .normalize('NFKD')
    .replaceAll(IGNORED, '')
    .trim()
    // Fold both ways: `ẞ` only has a lower case, and `ß` becomes `SS`.
    .toLowerCase()
    .toUpperCase()
    .slice(0, LONGEST);
  return createHash('sha256').update(name).digest('base64url').slice(0, 22);
}
