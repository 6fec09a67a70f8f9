import type { RequestHandler, Response } from 'express';
import type { FlowContext } from '../../flows/context/context';
import { ON_ACCENT, type PageLink, type ResolvedBrand } from '../../options/brand';

/** What a page shows of a brand. */
export interface BrandLocals {
  /** The name beside the logo, and in the title. */
  readonly issuer: string;
  readonly logoUrl: string | null;
  readonly faviconUrl: string | null;
  readonly supportUrl: string | null;
  readonly helpLinks: readonly PageLink[];
  /** After ours: the colours of the brand, then the host's own. */
  readonly stylesheets: readonly string[];
}

export function brandLocals(
  { pagesPath, stylesheet }: FlowContext['options'],
  { name, logoUrl, faviconUrl, supportUrl, helpLinks, accents }: ResolvedBrand,
): BrandLocals {
  const digits = accents === null ? [] : [accents.light, accents.dark].map((colour) => colour.slice(1));
  const ofBrand = accents === null ? null : `${pagesPath}/assets/brand/${digits.join('-')}.css`;
  const stylesheets = [ofBrand, stylesheet].filter((sheet) => sheet !== null);
  return { issuer: name, logoUrl, faviconUrl, supportUrl, helpLinks, stylesheets };
}

const ACCENTS = /^\/brand\/([\da-f]{6})-([\da-f]{6})\.css$/;

/**
 * The stylesheet of a brand, below `/assets`. Its address holds the colours: it is the same for everybody, caches may keep it, and
 * nobody learns from it which organizations there are.
 */
export const serveAccents: RequestHandler = function serveAccents(req, res, next) {
  const [, light, dark] = ACCENTS.exec(req.path) ?? [];
  if (light === undefined || dark === undefined || !['GET', 'HEAD'].includes(req.method)) {
    next();
    return;
  }
  const accent = (colour: string, on: string) =>
    `:root { --mfa-accent: #${colour}; --mfa-on-accent: ${on}; }`;
  const css = `${accent(light, ON_ACCENT.light)}\n@media (prefers-color-scheme: dark) { ${accent(dark, ON_ACCENT.dark)} }\n`;
  res.set('Cache-Control', 'public, max-age=3600').type('css').send(css);
};

/** Allows the images of this page's brand, in the policy that was set before the brand was known. */
export function allowImages(res: Response, { imageOrigins }: ResolvedBrand): void {
  const header = 'Content-Security-Policy';
  const policy = res.get(header);
  if (policy === undefined || imageOrigins.length === 0) return;
  res.set(header, policy.replace("img-src 'self'", ["img-src 'self'", ...imageOrigins].join(' ')));
}
