import type { RequestHandler, Response } from 'express';
import type { Channel, FactorKind } from '../../core/member/factor-kind';
import { showFactor, type ShownFactor } from '../../factors/factor-words';
import type { FlowContext } from '../../flows/context/context';
import { element } from '../../messages/message-format';
import type { Translator } from '../../messages/translator';
import { ON_ACCENT, type PageLink, type ResolvedBrand, type SignInLink } from '../../options/brand';
import { translatorFor, type LanguageEntry } from './language';

export interface BrandLocals {
  readonly issuer: string;
  readonly logoUrl: string | null;
  readonly faviconUrl: string | null;
  readonly supportUrl: string | null;
  readonly helpLinks: readonly PageLink[];
  /** Loaded after ours: the colours of the brand, then the host's stylesheet. */
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

/** Its URL contains the colours: it is the same for all users, can be cached, and reveals nothing about organizations. */
export const serveAccents: RequestHandler = function serveAccents(req, res, next) {
  const found = ACCENTS.exec(req.path);
  if (found === null || !['GET', 'HEAD'].includes(req.method)) {
    next();
    return;
  }
  const [, light = '', dark = ''] = found;
  const accent = (colour: string, on: string) =>
    `:root { --mfa-accent: #${colour}; --mfa-on-accent: ${on}; }`;
  const css = `${accent(light, ON_ACCENT.light)}\n@media (prefers-color-scheme: dark) { ${accent(dark, ON_ACCENT.dark)} }\n`;
  res.set('Cache-Control', 'public, max-age=3600').type('css').send(css);
};

/** Adds the origins of the brand's images to the policy, which was set before the brand was known. */
export function allowImages(res: Response, { imageOrigins }: ResolvedBrand): void {
  const header = 'Content-Security-Policy';
  const policy = res.get(header);
  if (policy === undefined) return;
  res.set(header, policy.replace("img-src 'self'", ["img-src 'self'", ...imageOrigins].join(' ')));
}

export interface PageRenderer {
  /** Answers with a page. Locals are an explicit object; templates cannot read the request. */
  send<Name extends ViewName>(
    res: Response,
    page: {
      readonly view: Name;
      readonly locals: Omit<ViewLocals[Name], 'page'>;
      readonly page: UnbrandedPage;
      readonly status?: number;
    },
  ): Promise<void>;
}

export function createPageRenderer(options: FlowContext['options']): PageRenderer {
  return {
    async send(res, { view, locals, page: { organizationId, ...page }, status }) {
      const brand = await options.brandOf(organizationId);
      allowImages(res, brand);
      const translator = translatorFor({ options }, res.req);
      const { t, html: markup } = translator;
      res.vary('Accept-Language');
      const html = await options.templates.render(view, {
        ...locals,
        page: { ...page, ...brandLocals(options, brand) },
        factor: cacheFactors(translator),
        t,
        html: markup,
        element,
        translator,
      });
      res
        .status(status ?? 200)
        .type('html')
        .send(html);
    },
  };
}

/** Caches the texts of a factor, which a page reads many times. */
function cacheFactors(translator: Translator): (kind: FactorKind) => ShownFactor {
  const shown = new Map<FactorKind, ShownFactor>();
  return (kind) => {
    const factor = shown.get(kind) ?? showFactor(translator, kind);
    shown.set(kind, factor);
    return factor;
  };
}

export interface PageLocals extends BrandLocals {
  /** Mount path of the member pages, without a slash at the end: `/mfa`. */
  readonly basePath: string;
  readonly homePath: string;
  /** The path of `views/assets`, without a slash at the end. */
  readonly assetsPath: string;
  readonly signInLinks: readonly SignInLink[];
  readonly csrfField: { readonly name: string; readonly value: string };
  /** Whether the visitor has a session. The sign-out button is shown then, and if `account` is known. */
  readonly signedIn: boolean;
  /** The name the person signed in with, also in a pending login. */
  readonly account: string | null;
  /** A checked local path that forms and links pass on. */
  readonly returnTo: string | null;
  /** Whether the page's policy only allows forms to our own pages. */
  readonly formsStay: boolean;
  /** Whether to load the small script; every page works without it. */
  readonly script: boolean;
  /** BCP 47: `pt-BR`. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** The entries of the language menu; empty if the menu is off. */
  readonly languages: readonly LanguageEntry[];
  /** The path of this page, to which the language menu returns; null if the page answers a form. */
  readonly here: string | null;
}

export type UnbrandedPage = Omit<PageLocals, keyof BrandLocals> & {
  /** The organization whose brand the page has; null for the app's brand. */
  readonly organizationId: string | null;
};

export interface WithPage {
  readonly page: PageLocals;
}

/** `Step 3 of 5`; null if the page is not part of a wizard. */
export interface InWizard {
  readonly progress: { readonly step: number; readonly of: number } | null;
}

/**
 * An instant (`15 Dec 2026, 14:32 UTC`) or a day (`15 Dec 2026`). `text` is shown, `iso` is in the markup. The script shows instants in
 * the reader's time zone; days stay days in UTC.
 */
export interface Moment {
  readonly iso: string;
  readonly text: string;
  readonly isInstant: boolean;
}

export interface LockEnd extends Moment {
  /** The time from now until then: `28 minutes`. */
  readonly wait: string;
}

/** A factor to choose, offered as a form that posts its `authenticatorId`. */
export interface FactorChoice {
  readonly authenticatorId: string;
  readonly kind: FactorKind;
  /** The name that its owner gave it; null if that is the name of the kind. */
  readonly label: string | null;
  /** Masked. */
  readonly destination: string | null;
}

export interface CodeLocals {
  /** What went wrong and what to do, in one or two sentences; includes the attempts left. */
  readonly error: string | null;
  readonly codeDigits: number;
  /** True if the code was for a far-off time: the page explains how to set the phone's clock. */
  readonly clockIsOff: boolean;
  /** Masked. */
  readonly destination: string | null;
  /** `5 minutes`; null for codes that are not sent. */
  readonly validFor: string | null;
  /** The channel that failed, if the message went by email instead. */
  readonly fallbackFrom: Channel | null;
  /**
   * `earlier`: a code was sent a moment ago, and no new one now. `delayed`: the provider has not answered yet. `either`: the
   * code went by email, but the text message may still arrive, and both codes work.
   */
  readonly codeNote: 'earlier' | 'delayed' | 'either' | null;
  /** Null if nothing can be sent again; 0 seconds means immediately. */
  readonly resend: { readonly waitSeconds: number } | null;
}

/** One entry per template below `views/`. Absent values are `null`, so that a forgotten value is a compile error. */
// oxlint-disable-next-line typescript/no-empty-interface
export interface ViewLocals {}

export type ViewName = keyof ViewLocals;
