import { z } from 'zod';

export type ParsedEmailAddress =
  | { readonly outcome: 'parsed'; readonly address: string }
  | { readonly outcome: 'refused'; readonly because: 'not-an-email-address' };

const address = z.email().max(254);

/** Everything by which one address becomes two, a header or a group (RFC 5322, section 3.4). */
const FORBIDDEN = /[^!-~]|["`(),:;<>[\\\]]/;

/** One plain address and nothing else; the domain comes back in lower case. */
export function parseEmailAddress(value: unknown): ParsedEmailAddress {
  const refused: ParsedEmailAddress = { outcome: 'refused', because: 'not-an-email-address' };
  if (typeof value !== 'string' || value.length > 320) return refused;
  const text = value.replaceAll(/^ +| +$/g, '');
  if (FORBIDDEN.test(text) || !address.safeParse(text).success) return refused;
  const at = text.lastIndexOf('@');
  return { outcome: 'parsed', address: `${text.slice(0, at)}@${text.slice(at + 1).toLowerCase()}` };
}
