import type { EnrollableKind } from '../core/member/factor-kind';
import { browserName } from '../core/text/browser-name';
import { cutText, labelInMessage, personInMessage } from '../core/text/typed-text';
import type { EmailLocals, MailLocals } from './render-email';

/** Where a request came from. */
export interface NoticeOrigin {
  readonly address: string;
  readonly userAgent: string;
}

interface Told {
  /** Null for what nobody's browser asked for. */
  readonly origin: NoticeOrigin | null;
  readonly at: number;
}

/** Something that happened to an account and that its owner is told of. */
export type Notice = Told &
  (
    | {
        readonly kind: 'authenticator-added' | 'authenticator-removed' | 'authenticator-replaced';
        readonly factor: EnrollableKind;
        readonly label?: string;
      }
    | { readonly kind: 'recovery-codes-issued' }
    | { readonly kind: 'recovery-code-used'; readonly left: number }
    | { readonly kind: 'member-reset' }
    | { readonly kind: 'proofs-locked'; readonly lockedUntil: number; readonly unlockUrl: string | null }
    /** Anything else, in words. */
    | { readonly kind: 'other'; readonly heading: string; readonly paragraphs: readonly string[] }
  );

/** What every mail of one site says. */
export interface Site {
  readonly issuer: string;
  readonly host: string;
}

/** A mail by its template and what that is given. */
export type Mail = {
  [Name in keyof EmailLocals]: { readonly name: Name; readonly locals: EmailLocals[Name] };
}[keyof EmailLocals];

const dateAndTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** `22 Nov 2026, 14:32 UTC`. */
export function instantInWords(at: number): string {
  return `${dateAndTime.format(at)} UTC`;
}

/** One line, and not the whole mail. */
const oneLine = (text: string) => cutText(text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), 120);

export function mailLocals(
  site: Site,
  about: { readonly userName: string; readonly at: number; readonly origin: NoticeOrigin | null },
): MailLocals {
  const { userName, at, origin } = about;
  const account = personInMessage(userName);
  return {
    issuer: site.issuer,
    site: site.host,
    account: account === '' ? null : account,
    at: instantInWords(at),
    origin:
      origin === null ? null : { browser: browserName(origin.userAgent), address: oneLine(origin.address) },
  };
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['totp', 'The authenticator app'],
  ['sms', 'The phone'],
  ['email', 'The email address'],
]);

function methodInWords({
  factor,
  label,
}: {
  readonly factor: EnrollableKind;
  readonly label?: string;
}): string {
  const name = labelInMessage(label ?? '');
  const method = METHODS.get(factor) ?? 'The method';
  return name === '' ? method : `${method} “${name}”`;
}

const CHANGES = {
  'authenticator-added': 'added',
  'authenticator-removed': 'removed',
  'authenticator-replaced': 'replaced',
  'recovery-codes-issued': 'recovery-codes-issued',
  'member-reset': 'reset-by-administrator',
} as const;

/** The mail that tells of a notice. */
export function noticeMail(site: Site, told: { readonly userName: string; readonly notice: Notice }): Mail {
  const { notice, userName } = told;
  const mail = mailLocals(site, { userName, at: notice.at, origin: notice.origin });
  if (notice.kind === 'other') {
    const { heading, paragraphs } = notice;
    return { name: 'notice', locals: { mail, heading: oneLine(heading), paragraphs } };
  }
  if (notice.kind === 'recovery-code-used') {
    return { name: 'recovery-code-used', locals: { mail, left: notice.left } };
  }
  if (notice.kind === 'proofs-locked') {
    const { lockedUntil, unlockUrl } = notice;
    return { name: 'locked', locals: { mail, lockedUntil: instantInWords(lockedUntil), unlockUrl } };
  }
  const method = 'factor' in notice ? methodInWords(notice) : '';
  return { name: 'factor-changed', locals: { mail, change: CHANGES[notice.kind], method } };
}
