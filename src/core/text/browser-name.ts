import { BROWSER_MAP, OS_MAP, getParser } from 'bowser';

const UNKNOWN = 'an unknown browser';

/** Where the parser knows no name it passes on what stands in the header: `Visit evil.example` would end up in a mail. */
const KNOWN: ReadonlySet<string | undefined> = new Set([
  ...Object.values(BROWSER_MAP),
  ...Object.values(OS_MAP),
]);

const asName = (value: string | undefined) => (KNOWN.has(value) ? value : undefined);

/** `Firefox on Linux`, for a list of sessions or a mail. The header is the visitor's own claim. */
export function browserName(userAgent: string): string {
  if (userAgent === '') return UNKNOWN;
  const parser = getParser(userAgent.slice(0, 400));
  const browser = asName(parser.getBrowserName());
  const system = asName(parser.getOSName());
  if (browser === undefined) return system === undefined ? UNKNOWN : `${UNKNOWN} on ${system}`;
  return system === undefined ? browser : `${browser} on ${system}`;
}
