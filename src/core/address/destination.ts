import { createHmac } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { onFileKind, type Channel } from '../member/factor-kind';
import type { KeyRing, PurposeKey } from '../proof/key-ring';

/** `m•••@acme.example`: enough for the owner to know the address, too little to learn it. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return at > 0 ? `${first}•••@${address.slice(at + 1)}` : '•••';
}

/** `•••• 4417`: the last four digits, or two where the number is short. */
export function maskPhone(e164: string): string {
  const digits = e164.replaceAll(/\D/g, '');
  return `•••• ${digits.slice(digits.length >= 9 ? -4 : -2)}`;
}

export function maskDestination(channel: Channel, destination: string): string {
  return channel === 'email' ? maskEmail(destination) : maskPhone(destination);
}

/** The addresses that the host has on file now. */
export interface AddressesOnFile {
  readonly email?: string;
  readonly phone?: string;
}

/**
 * The address on file that a code went to, as it stands now: where the host changes it, codes that went to the old one are
 * worth nothing. Null for an enrolled address, which never changes; another one is another authenticator.
 */
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

/** An address in the form in which evidence remembers it: the same for each spelling, and unreadable. */
function hashAddress({ key }: PurposeKey, address: string): string {
  return createHmac('sha256', key)
    .update(`channel:email:${foldEmailAddress(address)}`)
    .digest('base64url')
    .slice(0, 22);
}

/** The channel of a link or code that the host sent to an email address. */
export function emailChannel(keyRing: KeyRing, address: string): string {
  return hashAddress(keyRing.current('destination'), address);
}

/** Whether one of the channels is this address, under any key of the ring. */
export function isAmongChannels(keyRing: KeyRing, channels: readonly string[], address: string): boolean {
  return keyRing.all('destination').some((key) => channels.includes(hashAddress(key, address)));
}

/** How long a reset is held against the address: long enough for the owner to read of it and act. */
export const SPENT_SECONDS = 3600;

/** An address through which the host let somebody choose a new password, and until when that is held against it. */
export interface SpentChannel {
  readonly channel: string;
  readonly until: number;
}

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
