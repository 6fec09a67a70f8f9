import { domainToASCII } from 'node:url';

export type ParsedEmailAddress =
  | { readonly outcome: 'parsed'; readonly address: string }
  | { readonly outcome: 'refused'; readonly because: 'not-an-email-address' };

const LONGEST_TYPED = 320;
/** RFC 5321, section 4.5.3.1: 256 octets for a path with its angle brackets, 64 for what is before the sign. */
const LONGEST = 254;
const LONGEST_LOCAL_PART = 64;

/**
 * The dot-string of RFC 5321, section 4.1.2. Quoted names, comments, groups and routes are refused: by these one address
 * becomes two, or a header.
 */
const DOT_STRING = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** Everything else means something to a URL, which `domainToASCII` reads a domain like. */
const DOMAIN_AS_TYPED = /^[\w.\u0080-\u{10FFFF}-]+$/u;

/** No number at the end: that would be an IP address, which has brackets in a mail address. */
const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** One plain address and nothing else. The domain comes back in lower case and ASCII (RFC 5890). */
export function parseEmailAddress(value: unknown): ParsedEmailAddress {
  const refused: ParsedEmailAddress = { outcome: 'refused', because: 'not-an-email-address' };
  if (typeof value !== 'string' || value.length > LONGEST_TYPED) return refused;
  const text = value.replaceAll(/^[\p{Zs}\p{Cf}]+|[\p{Zs}\p{Cf}]+$/gu, '');
  const at = text.lastIndexOf('@');
  const [localPart, typedDomain] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (localPart.length > LONGEST_LOCAL_PART || !DOT_STRING.test(localPart)) return refused;
  const domain = DOMAIN_AS_TYPED.test(typedDomain) ? domainToASCII(typedDomain) : '';
  const address = `${localPart}@${domain}`;
  if (!DOMAIN.test(domain) || address.length > LONGEST) return refused;
  return { outcome: 'parsed', address };
}

/** The same for each spelling of one mailbox, for comparing and counting. Nothing is sent to it. */
export function foldEmailAddress(address: string): string {
  const parsed = parseEmailAddress(address);
  return (parsed.outcome === 'parsed' ? parsed.address : address.trim()).toLowerCase();
}
