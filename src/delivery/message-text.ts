import type { FactorKind } from '../core/member/factor-kind';
import { readBrowser } from '../core/text/browser-name';
import { cutText, labelInMessage, personInMessage } from '../core/text/typed-text';
import { ENGLISH, wordsOf } from '../factors/factor-words';
import { browserInWords, type Translator } from '../messages/translator';
import type { ResolvedBrand } from '../options/brand';
import type { CodePurpose } from './delivery-error';
import type { Mail, MailLocals } from './send-email';

export interface NoticeOrigin {
  readonly address: string;
  readonly userAgent: string;
}

interface NoticeContext {
  /** Null if the event did not come from a browser. */
  readonly origin: NoticeOrigin | null;
  readonly at: number;
}

export interface Reminder {
  /** The name of the administrator or app that asks. */
  readonly actor: string;
  /** The page to set up a method, after signing in. */
  readonly url: string;
  /** When people who have nothing set up can no longer sign in; null if there is no such time. */
  readonly graceUntil: number | null;
}

export type Notice = NoticeContext &
  (
    | {
        readonly kind: 'authenticator-added' | 'authenticator-removed' | 'authenticator-replaced';
        readonly factor: FactorKind;
        readonly label?: string;
      }
    | { readonly kind: 'recovery-codes-issued' }
    | { readonly kind: 'recovery-code-used'; readonly left: number }
    | { readonly kind: 'member-reset' }
    | { readonly kind: 'new-browser'; readonly reviewUrl: string }
    | { readonly kind: 'proofs-locked'; readonly lockedUntil: number; readonly unlockUrl: string | null }
    | ({ readonly kind: 'reminder' } & Reminder)
    | { readonly kind: 'other'; readonly heading: string; readonly paragraphs: readonly string[] }
  );

export interface Site {
  readonly issuer: string;
  readonly host: string;
  /** Scheme, host and port, for URLs of images and links. */
  readonly baseUrl: string;
  readonly brand: Pick<ResolvedBrand, 'logoUrl' | 'supportUrl' | 'helpLinks' | 'accents'>;
}

/** Determines the language and the brand of a message. */
export interface Recipient {
  readonly organizationId: string;
  /** BCP 47. Default: the app's first language. */
  readonly language?: string | undefined;
}

/** One line of limited length. */
const oneLine = (text: string) => cutText(text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), 120);

/** `--mfa-accent` of the pages. */
const OUR_ACCENT = '#2f5bea';

export function mailLocals(
  translator: Translator,
  site: Site,
  about: { readonly userName: string; readonly at: number; readonly origin: NoticeOrigin | null },
): MailLocals {
  const { userName, at, origin } = about;
  const account = personInMessage(userName);
  const { logoUrl, supportUrl, helpLinks, accents } = site.brand;
  const absolute = (url: string) => new URL(url, site.baseUrl).href;
  return {
    issuer: site.issuer,
    site: site.host,
    logoUrl: logoUrl === null ? null : absolute(logoUrl),
    supportUrl: supportUrl === null ? null : absolute(supportUrl),
    helpLinks: helpLinks.map(({ label, url }) => ({ label, url: absolute(url) })),
    accent: accents?.light ?? OUR_ACCENT,
    account: account === '' ? null : account,
    at: translator.moment(at).text,
    origin:
      origin === null
        ? null
        : {
            browser: browserInWords(translator, readBrowser(origin.userAgent)),
            address: oneLine(origin.address),
          },
  };
}

function methodInWords(
  translator: Translator,
  { factor, label }: { readonly factor: FactorKind; readonly label?: string },
): string {
  const name = labelInMessage(label ?? '');
  const { thing } = wordsOf(translator, factor);
  const isUnnamed = name === '' || name === wordsOf(ENGLISH, factor).label;
  return isUnnamed ? thing : translator.t('mail.namedMethod', { thing, name });
}

const CHANGES = {
  'authenticator-added': 'added',
  'authenticator-removed': 'removed',
  'authenticator-replaced': 'replaced',
  'recovery-codes-issued': 'recovery-codes-issued',
  'member-reset': 'reset-by-administrator',
} as const;

export function noticeMail(
  translator: Translator,
  site: Site,
  about: { readonly userName: string; readonly notice: Notice },
): Mail {
  const { notice, userName } = about;
  const mail = mailLocals(translator, site, { userName, at: notice.at, origin: notice.origin });
  if (notice.kind === 'other') {
    const { heading, paragraphs } = notice;
    return { name: 'notice', locals: { mail, heading: oneLine(heading), paragraphs } };
  }
  if (notice.kind === 'recovery-code-used') {
    return { name: 'recovery-code-used', locals: { mail, left: notice.left } };
  }
  if (notice.kind === 'new-browser') {
    return { name: 'new-browser', locals: { mail, reviewUrl: notice.reviewUrl } };
  }
  if (notice.kind === 'proofs-locked') {
    const { lockedUntil, unlockUrl } = notice;
    return { name: 'locked', locals: { mail, lockedUntil: translator.moment(lockedUntil).text, unlockUrl } };
  }
  if (notice.kind === 'reminder') {
    const { actor, url, graceUntil } = notice;
    const dueAt = graceUntil === null ? null : translator.moment(graceUntil).text;
    return { name: 'reminder', locals: { mail, actor: personInMessage(actor), url, dueAt } };
  }
  const method = 'factor' in notice ? methodInWords(translator, notice) : '';
  return { name: 'factor-changed', locals: { mail, change: CHANGES[notice.kind], method } };
}

/**
 * A text message with a code. The last line is an origin-bound one-time code (WICG draft): browsers fill it in on that host only.
 * Nothing may follow it, and nothing in the message comes from a visitor.
 */
export function smsText(
  translator: Translator,
  message: {
    readonly issuer: string;
    readonly host: string;
    readonly code: string;
    readonly purpose: CodePurpose;
    readonly codeSeconds: number;
  },
): string {
  const { issuer, host, code, purpose, codeSeconds } = message;
  return [
    translator.t('sms.code', { code, issuer, host, purpose }),
    translator.t('sms.expiry', { duration: translator.duration(codeSeconds) }),
    '',
    `@${host} #${code}`,
  ].join('\n');
}

/** It has no link, so that people do not get used to following links in messages. */
export function phoneNoticeText(
  translator: Translator,
  { issuer, host }: Pick<Site, 'issuer' | 'host'>,
): string {
  return translator.t('sms.phoneGone', { issuer, host });
}
