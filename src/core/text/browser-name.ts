import { BROWSER_MAP, OS_MAP, getParser } from 'bowser';

const UNKNOWN = 'an unknown browser';

/** Where the parser knows no name it passes on what stands in the header: `Visit evil.example` would end up in a mail. */
const KNOWN: ReadonlySet<string | undefined> = new Set([
  ...Object.values(BROWSER_MAP),
  ...Object.values(OS_MAP),
]);

const asName = (value: string | undefined) => (value !== undefined && KNOWN.has(value) ? value : null);

/** The browser and the system by their names; null for what is unknown. The header is the visitor's own claim. */
export function readBrowser(userAgent: string): {
  readonly browser: string | null;
  readonly system: string | null;
} {
  if (userAgent === '') return { browser: null, system: null };
  const parser = getParser(userAgent.slice(0, 400));
  return { browser: asName(parser.getBrowserName()), system: asName(parser.getOSName()) };
}

/** `Firefox on Linux`. */
export function browserName(userAgent: string): string {
  const { browser, system } = readBrowser(userAgent);
  return system === null ? (browser ?? UNKNOWN) : `${browser ?? UNKNOWN} on ${system}`;
}
