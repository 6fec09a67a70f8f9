import * as z from 'zod';
import { ConfigurationError, MfaError } from '../core/errors';
import { withTimeLimit } from '../delivery/circuit-breaker';
import { checkOption, type OptionRule, type RulesFor } from './option-check';
import { NO_MESSAGE, aFunction, anObject, appName, group, isLink, linkTo, links } from './option-kinds';

/** A background, and the colour to mix into colours that have too little contrast on it. */
export interface Background {
  readonly on: string;
  readonly towards: string;
}

/** WCAG 2.2, success criterion 1.4.3. */
export const READABLE = 4.5;

const MIXES = 100;

/** Mixes in as little of `towards` as is needed for a readable contrast. */
export function makeReadable(colour: string, { on, towards }: Background): string {
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

/** A link and its text. */
export interface PageLink {
  readonly label: string;
  /** A path on this site, or an `https:` URL. */
  readonly url: string;
}

/** A link below the sign-in form: “Forgot your password?”, “Create an account”. */
export type SignInLink = PageLink;

/** The name and look of pages and messages. */
export interface Brand {
  /**
   * The name on pages, in messages, and for new entries in authenticator apps: 1 to 64 characters without a colon. Default:
   * `issuer`.
   */
  readonly name?: string | undefined;
  /**
   * The logo, shown 32 px high beside the name and at the top of emails: a path on this site, or an `https:` URL, whose origin
   * is then allowed in the Content-Security-Policy of the pages. Default: a square in the accent colour.
   */
  readonly logoUrl?: string | undefined;
  /** The icon of the browser tab: a path on this site, or an `https:` address. Default: ours. */
  readonly faviconUrl?: string | undefined;
  /** The colour of buttons and links, such as `#0b6e4f`. It must be readable on white (WCAG 2.2 AA, 4.5 to 1). */
  readonly accent?: string | undefined;
  /** The same for dark pages; must be readable on `#181c25`. Default: `accent`, lightened until it is readable. */
  readonly darkAccent?: string | undefined;
  /** Where people get help: a path on this site, or an `https:` or `mailto:` address. Default: no link. */
  readonly supportUrl?: string | undefined;
  /** More links at the end of pages and emails, at most five: “Help center”, “Privacy”. Default: none. */
  readonly helpLinks?: readonly PageLink[] | undefined;
}

/**
 * Returns the brand for the members of an organization. `organizationId` is null if the user is not known yet, as on the
 * sign-in page. Undefined or null means the default look. It is called for every page and message, so cache what you read from
 * a database.
 */
export type BrandOf = (
  organizationId: string | null,
) => Brand | null | undefined | Promise<Brand | null | undefined>;

/** The brand as pages and messages use it. */
export interface ResolvedBrand {
  readonly name: string;
  readonly logoUrl: string | null;
  readonly faviconUrl: string | null;
  readonly supportUrl: string | null;
  readonly helpLinks: readonly PageLink[];
  /** The accent on light and dark backgrounds, as `#` and six lower-case hexadecimal digits; null for ours. */
  readonly accents: { readonly light: string; readonly dark: string } | null;
  /** The origins of images that are not on this site. */
  readonly imageOrigins: readonly string[];
}

/** The text colour on accent-coloured buttons: white on light pages, the background of cards on dark pages. */
export const ON_ACCENT = { light: '#ffffff', dark: '#181c25' };

/** The backgrounds on which the accent is hardest to read: of light pages, and of cards on dark pages. */
const LIGHT: Background = { on: '#f6f7f9', towards: '#000000' };
const DARK: Background = { on: ON_ACCENT.dark, towards: '#ffffff' };

const colour = (write: string): OptionRule => ({
  schema: z.string().regex(/^#[0-9a-f]{6}$/i),
  allowed: 'a colour of six hexadecimal digits, such as #0b6e4f',
  write,
  shown: true,
});

/** URLs allow `;` and `*` in a host. In a Content-Security-Policy, one ends the directive and the other allows every host. */
const PLAIN_HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])$/;

function isImage(value: string): boolean {
  return isLink(value, ['https:']) && (value.startsWith('/') || PLAIN_HOST.test(new URL(value).hostname));
}

const image = (write: string): OptionRule => ({
  ...linkTo(['https:'], write),
  schema: z.string().refine(isImage, NO_MESSAGE),
});

const FIELDS = {
  name: appName("name: 'Acme'"),
  logoUrl: image("logoUrl: '/logo.svg'"),
  faviconUrl: image("faviconUrl: '/favicon.svg'"),
  accent: colour("accent: '#0b6e4f'"),
  darkAccent: colour("darkAccent: '#5fd0a6'"),
  supportUrl: linkTo(['https:', 'mailto:'], "supportUrl: 'mailto:help@acme.example'"),
  helpLinks: links("helpLinks: [{ label: 'Help center', url: '/help' }]"),
} satisfies RulesFor<Brand>;

const OBJECT = group("brand: { logoUrl: '/logo.svg', accent: '#0b6e4f' }", FIELDS);

export const BRAND_RULE: OptionRule = {
  ...OBJECT,
  schema: z.union([aFunction, anObject]),
  allowed: `${OBJECT.allowed}, or a function of an organization's id that returns one`,
};

interface Resolving {
  readonly issuer: string;
  /** Called for a colour that is hard to read. If it returns, the nearest readable colour is used. */
  readonly onUnreadable: (error: ConfigurationError) => void;
}

function resolveBrand(brand: Brand, { issuer, onUnreadable }: Resolving): ResolvedBrand {
  const { name = issuer, logoUrl = null, faviconUrl = null, supportUrl = null, helpLinks = [] } = brand;
  const { accent, darkAccent } = brand;
  if (accent === undefined && darkAccent !== undefined)
    throw new ConfigurationError(
      'brand.darkAccent',
      'there is no brand.accent. Write both, or leave it out.',
    );
  function readable(option: string, given: string, background: Background): string {
    const ratio = contrast(given, background.on);
    if (ratio >= READABLE) return given.toLowerCase();
    const nearest = makeReadable(given, background);
    const problem = `${given} has a contrast of ${ratio.toFixed(1)} to 1 on ${background.on}, and text needs ${READABLE} to 1`;
    onUnreadable(new ConfigurationError(option, `${problem}. Write ${nearest}.`));
    return nearest;
  }
  const accents =
    accent === undefined
      ? null
      : {
          light: readable('brand.accent', accent, LIGHT),
          dark:
            darkAccent === undefined
              ? makeReadable(accent, DARK)
              : readable('brand.darkAccent', darkAccent, DARK),
        };
  const images = [logoUrl, faviconUrl].filter((url) => url !== null && !url.startsWith('/'));
  return {
    name,
    logoUrl,
    faviconUrl,
    supportUrl,
    helpLinks,
    accents,
    imageOrigins: [...new Set(images.map((url) => new URL(String(url)).origin))],
  };
}

/** A slow brand function must not delay a sign-in for long. */
const LONGEST_WAIT_SECONDS = 2;

/**
 * The brand by organization. A brand object is checked at startup. A brand function may return data that customers typed, so an
 * invalid result is reported once per organization, and the default look is shown.
 * @throws ConfigurationError
 */
export function resolveBrands(
  given: Brand | BrandOf | undefined,
  { issuer, onError }: { readonly issuer: string; readonly onError: (error: unknown) => void },
): (organizationId: string | null) => Promise<ResolvedBrand> {
  function refuse(error: ConfigurationError): never {
    throw error;
  }
  const isFunction = typeof given === 'function';
  const fixed = resolveBrand(isFunction ? {} : (given ?? {}), { issuer, onUnreadable: refuse });
  if (!isFunction) return () => Promise.resolve(fixed);
  const reported = new Set<string>();
  function reportOnce(topic: string, message: string, cause: unknown): void {
    if (reported.has(topic)) return;
    reported.add(topic);
    onError(new MfaError('host-misconfigured', message, { cause }));
  }
  return async function brandOf(organizationId) {
    const whose = `brand(${JSON.stringify(organizationId)})`;
    try {
      const brand = (await withTimeLimit(LONGEST_WAIT_SECONDS, async () => given(organizationId))) ?? {};
      checkOption('brand', brand, OBJECT);
      return resolveBrand(brand, {
        issuer,
        onUnreadable: (error) =>
          reportOnce(
            `${whose} ${error.message}`,
            `${whose} has a colour that is hard to read: ${error.message} The nearest one is used.`,
            error,
          ),
      });
    } catch (error) {
      const problem = error instanceof ConfigurationError ? error.message : 'it failed';
      reportOnce(whose, `${whose} cannot be used, so the package's own look is shown: ${problem}`, error);
      return fixed;
    }
  };
}
