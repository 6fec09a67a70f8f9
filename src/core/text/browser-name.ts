import { BROWSER_MAP, OS_MAP, getParser } from 'bowser';

const UNKNOWN = 'an unknown browser';

/** The parser returns unknown names as they are in the header. An attacker could put `Visit evil.example` into an email. */
const KNOWN: ReadonlySet<string | undefined> = new Set([
  ...Object.values(BROWSER_MAP),
  ...Object.values(OS_MAP),
]);

const asName = (value: string | undefined) => (value !== undefined && KNOWN.has(value) ? value : null);

/** The names of the browser and the operating system; null if unknown. The visitor controls the header. */
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
