import { createHmac } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { onFileKind, type Channel } from '../member/factor-kind';
import type { KeyRing, PurposeKey } from '../proof/key-ring';

/** `m•••@acme.example`: the owner recognizes the address, nobody else learns it. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return at > 0 ? `${first}•••@${address.slice(at + 1)}` : '•••';
}

/** `•••• 4417`: the last four digits, or two if the number has fewer than nine. */
export function maskPhone(e164: string): string {
  const digits = e164.replaceAll(/\D/g, '');
  return `•••• ${digits.slice(digits.length >= 9 ? -4 : -2)}`;
}

export function maskDestination(channel: Channel, destination: string): string {
  return channel === 'email' ? maskEmail(destination) : maskPhone(destination);
}

export interface AddressesOnFile {
  readonly email?: string;
  readonly phone?: string;
}

/** A code becomes invalid when the host changes the address it went to. Null for an enrolled address, which never changes. */
export function addressOnFile(
  sent: { readonly authenticatorId: string; readonly sentBy: Channel; readonly fellBack: boolean },
  onFile: AddressesOnFile,
): string | null {
  const isOnFile = sent.fellBack || onFileKind(sent.authenticatorId) !== null;
  return isOnFile ? (addressBy(sent.sentBy, onFile) ?? '') : null;
}

export function addressBy(channel: Channel, { email, phone }: AddressesOnFile): string | undefined {
  return channel === 'email' ? email : phone;
}

/** The form in which evidence stores an address: the same for every spelling, and not readable. */
function hashAddress({ key }: PurposeKey, address: string): string {
  return createHmac('sha256', key)
    .update(`channel:email:${foldEmailAddress(address)}`)
    .digest('base64url')
    .slice(0, 22);
}

export function emailChannel(keyRing: KeyRing, address: string): string {
  return hashAddress(keyRing.current('destination'), address);
}

export function isAmongChannels(keyRing: KeyRing, channels: readonly string[], address: string): boolean {
  return keyRing.all('destination').some((key) => channels.includes(hashAddress(key, address)));
}

/** For this long, a code to the address of a password reset is no second factor, so that the owner can read about it and act. */
export const SPENT_CHANNEL_SECONDS = 3600;

/** An address that the host used for a password reset. Until `until`, it does not count as a second factor. */
export interface SpentChannel {
  readonly channel: string;
  readonly until: number;
}

export type ParsedEmailAddress =
  | { readonly outcome: 'parsed'; readonly address: string }
  | { readonly outcome: 'refused'; readonly because: 'not-an-email-address' };

const LONGEST_TYPED = 320;
/** RFC 5321, section 4.5.3.1: 256 octets for a path including its angle brackets, and 64 for the local part. */
const LONGEST = 254;
const LONGEST_LOCAL_PART = 64;

/** RFC 5321, 4.1.2: only the dot-string. Quoted names, comments, groups and routes can turn one address into two, or a header. */
const DOT_STRING = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/** `domainToASCII` parses a domain as part of a URL, where every other character has a meaning. */
const DOMAIN_AS_TYPED = /^[\w.\u0080-\u{10FFFF}-]+$/u;

/** The last label is not a number: that would be an IP address, which needs brackets in an email address. */
const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Accepts one plain address and nothing else. The domain is returned in lower case and ASCII (RFC 5890). */
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

/** One form for every spelling of a mailbox, to compare and count addresses. Never send mail to it. */
export function foldEmailAddress(address: string): string {
  const parsed = parseEmailAddress(address);
  return (parsed.outcome === 'parsed' ? parsed.address : address.trim()).toLowerCase();
}
