import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/**
 * The IP address in an address as a proxy or a socket reports it, in its usual form. Null if it holds none.
 * Some proxies add the port (`203.0.113.5:51234`, `[2001:db8::1]:443`), a socket for both versions of IP writes the older one
 * within the newer (`::ffff:203.0.113.5`), and a link-local address names its interface (`fe80::1%eth0`).
 */
export function parseAddress(text: string): string | null {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text.trim()) ?? [];
  const [, beforePort] = /^([\d.]+):\d{1,5}$/.exec(text.trim()) ?? [];
  const bare = (inBrackets ?? beforePort ?? text.trim()).replace(/%[\w.-]+$/, '');
  // `1` and `0x7f.1` are addresses to some programs and typing errors to everybody else.
  if (!bare.includes(':')) return ipaddr.IPv4.isValidFourPartDecimal(bare) ? bare : null;
  return ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare).toString() : null;
}

/** Whether an address is reached through the internet: not this machine, a private network, or one that has another use. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && ipaddr.parse(address).range() === 'unicast';
}

/** What one visitor can have all of: an IPv4 address, or the /64 that an IPv6 visitor owns. Takes what `parseAddress` gave. */
export function networkOf(address: string): string {
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return address;
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`;
}

/**
 * What stays the same of most people's addresses from day to day: the first half of an IPv4 address, and the first 32 bits of an
 * IPv6 address. One name for all addresses that are not reached through the internet.
 */
export function wideNetworkOf(text: string): string {
  const address = parseAddress(text);
  if (address === null || !isPublicAddress(address)) return 'private';
  const parsed = ipaddr.parse(address);
  return parsed
    .toByteArray()
    .slice(0, parsed.kind() === 'ipv4' ? 2 : 4)
    .join('.');
}

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
