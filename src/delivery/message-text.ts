import type { EnrollableKind } from '../core/member/factor-kind';
import { browserName } from '../core/text/browser-name';
import { cutText, labelInMessage, personInMessage } from '../core/text/typed-text';
import { wordsOf } from '../factors/present-factor';
import { durationInWords, type CodePurpose } from './delivery-error';
import type { Mail, MailLocals } from './send-email';

/** The origin of a request. */
export interface NoticeOrigin {
  readonly address: string;
  readonly userAgent: string;
}

interface Told {
  /** Null if no browser caused it. */
  readonly origin: NoticeOrigin | null;
  readonly at: number;
}

/** A message to the owner of an account about something that happened to it. */
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
    /** Any other message, as text. */
    | { readonly kind: 'other'; readonly heading: string; readonly paragraphs: readonly string[] }
  );

/** What every mail of a site names. */
export interface Site {
  readonly issuer: string;
  readonly host: string;
}

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

/** One line of bounded length. */
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

function methodInWords({
  factor,
  label,
}: {
  readonly factor: EnrollableKind;
  readonly label?: string;
}): string {
  const name = labelInMessage(label ?? '');
  const { thing } = wordsOf(factor);
  return name === '' ? thing : `${thing} “${name}”`;
}

const CHANGES = {
  'authenticator-added': 'added',
  'authenticator-removed': 'removed',
  'authenticator-replaced': 'replaced',
  'recovery-codes-issued': 'recovery-codes-issued',
  'member-reset': 'reset-by-administrator',
} as const;

/** The mail for a notice. */
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

const ACTS: Readonly<Record<CodePurpose, string>> = {
  login: 'to sign in',
  'step-up': 'to confirm that it is you',
  enroll: 'to add this phone',
  unlock: 'to unlock your account',
};

/**
 * A text message with a code. The last line is an origin-bound one-time code (WICG draft): browsers fill it in on that host only.
 * Nothing may follow it, and nothing in the message comes from a visitor.
 */
export function smsText(message: {
  readonly issuer: string;
  readonly host: string;
  readonly code: string;
  readonly purpose: CodePurpose;
  readonly codeSeconds: number;
}): string {
  const { issuer, host, code, purpose, codeSeconds } = message;
  return [
    `${code} is your ${issuer} code ${ACTS[purpose]} at ${host}.`,
    `It works for ${durationInWords(codeSeconds)}, once. Never share it.`,
    '',
    `@${host} #${code}`,
  ].join('\n');
}

/** Tells a phone that its number was changed or removed. It has no link, so that people do not learn to follow links in messages. */
export function phoneNoticeText({
  issuer,
  host,
}: {
  readonly issuer: string;
  readonly host: string;
}): string {
  return [
    `${issuer}: this phone no longer proves that it is you at ${host}.`,
    'If you did not change this, sign in there and change your password, then tell your administrator.',
  ].join(' ');
}
