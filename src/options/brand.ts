import { ConfigurationError } from '../core/errors';

/** Whose pages and mails these are. */
export interface Brand {
  /**
   * The logo, shown 32 px high beside the name and at the top of mails: a path on this site, or an `https:` address, whose origin is
   * then allowed in the Content-Security-Policy of the pages. Default: a square in the accent colour.
   */
  readonly logoUrl?: string | undefined;
  /** The icon of the browser tab: a path on this site, or an `https:` address. Default: ours. */
  readonly faviconUrl?: string | undefined;
  /** The colour of buttons and links, such as `#0b6e4f`. It must be readable on white (WCAG 2.2 AA, 4.5 to 1). */
  readonly accent?: string | undefined;
  /** The same on dark pages, readable on `#181c25`. Default: `accent`, made lighter until it is. */
  readonly darkAccent?: string | undefined;
  /** Where people get help: a path on this site, or an `https:` or `mailto:` address. Default: no link. */
  readonly supportUrl?: string | undefined;
}

/** A link below the sign-in form: “Forgot your password?”, “Create an account”. */
export interface SignInLink {
  readonly label: string;
  /** A path on this site, or an `https:` address. */
  readonly url: string;
}

/** The brand as pages and mails use it. */
export interface ResolvedBrand {
  readonly logoUrl: string | null;
  readonly faviconUrl: string | null;
  readonly supportUrl: string | null;
  /** The accent on a light background; null for ours. */
  readonly accent: string | null;
  /** The stylesheet that sets the accent; null for ours. */
  readonly css: string | null;
  /** The origins of images that are not on this site. */
  readonly imageOrigins: readonly string[];
}

/** The lightest and the darkest background behind the accent: of cards in light pages and of cards in dark ones. */
const LIGHT_PAGE = '#f6f7f9';
const DARK_CARD = '#181c25';
const WHITE = '#ffffff';
const BLACK = '#000000';
/** WCAG 2.2, success criterion 1.4.3. */
const READABLE = 4.5;

/** @throws ConfigurationError for a colour that cannot be read, with the nearest that can. */
export function resolveBrand(brand: Brand = {}): ResolvedBrand {
  const { logoUrl = null, faviconUrl = null, supportUrl = null, accent } = brand;
  if (accent === undefined && brand.darkAccent !== undefined)
    throw new ConfigurationError(
      'brand.darkAccent',
      'there is no brand.accent. Write both, or leave it out.',
    );
  const images = [logoUrl, faviconUrl].filter((url) => url !== null);
  const imageOrigins = images.filter((url) => !url.startsWith('/')).map((url) => new URL(url).origin);
  const common = { logoUrl, faviconUrl, supportUrl, imageOrigins: [...new Set(imageOrigins)] };
  if (accent === undefined) return { ...common, accent: null, css: null };
  requireReadable('brand.accent', accent, { on: LIGHT_PAGE, towards: BLACK });
  const darkAccent = brand.darkAccent ?? makeReadable(accent, { on: DARK_CARD, towards: WHITE });
  requireReadable('brand.darkAccent', darkAccent, { on: DARK_CARD, towards: WHITE });
  const css = [
    `:root { --mfa-accent: ${accent}; --mfa-on-accent: ${WHITE}; }`,
    `@media (prefers-color-scheme: dark) { :root { --mfa-accent: ${darkAccent}; --mfa-on-accent: ${DARK_CARD}; } }`,
    '',
  ].join('\n');
  return { ...common, accent, css };
}

interface Background {
  readonly on: string;
  /** The colour to mix in where there is too little contrast. */
  readonly towards: string;
}

function requireReadable(name: string, colour: string, background: Background): void {
  const ratio = contrast(colour, background.on);
  if (ratio >= READABLE) return;
  const nearest = makeReadable(colour, background);
  throw new ConfigurationError(
    name,
    `${colour} has a contrast of ${ratio.toFixed(1)} to 1 on ${background.on}, and text needs ${READABLE} to 1. Write ${nearest}.`,
  );
}

const MIXES = 100;

/** The colour with as little of the other one mixed in as it takes. */
function makeReadable(colour: string, { on, towards }: Background): string {
  for (let share = 0; share < MIXES; share += 1) {
    const mixed = mix(colour, towards, share / MIXES);
    if (contrast(mixed, on) >= READABLE) return mixed;
  }
  return towards;
}

type Channels = readonly [number, number, number];

function channelsOf(colour: string): Channels {
  const at = (index: number) => Number.parseInt(colour.slice(index, index + 2), 16);
  return [at(1), at(3), at(5)];
}

function mix(colour: string, other: string, share: number): string {
  const others = channelsOf(other);
  const mixed = channelsOf(colour).map((value, index) => {
    const channel = Math.round(value + ((others[index] ?? 0) - value) * share);
    return channel.toString(16).padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

/** The contrast ratio of two colours, 1 to 21 (WCAG 2.2, “contrast ratio”). */
export function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, “relative luminance”. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
