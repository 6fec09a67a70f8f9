import { getParser } from 'bowser';

const UNKNOWN = 'an unknown browser';

/** The parser passes parts of a header on where it knows no name; only what looks like a name is shown. */
const asName = (value: string | undefined) =>
  value !== undefined && /^[A-Za-z][A-Za-z0-9 .]{0,30}$/.test(value) ? value : undefined;

/** `Firefox on Linux`, for a list of sessions or a mail. The header is the visitor's own claim. */
export function browserName(userAgent: string): string {
  if (userAgent === '') return UNKNOWN;
  const parser = getParser(userAgent.slice(0, 400));
  const browser = asName(parser.getBrowserName());
  const system = asName(parser.getOSName());
  if (browser === undefined) return system === undefined ? UNKNOWN : `${UNKNOWN} on ${system}`;
  return system === undefined ? browser : `${browser} on ${system}`;
}
