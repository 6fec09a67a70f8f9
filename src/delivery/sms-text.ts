import { durationInWords, type CodePurpose } from './delivery-error';

const ACTS: Readonly<Record<CodePurpose, string>> = {
  login: 'to sign in',
  'step-up': 'to confirm that it is you',
  enroll: 'to add this phone',
  unlock: 'to unlock your account',
};

/**
 * A text message with a code. The last line is an origin-bound one-time code (WICG draft): browsers fill it in on that
 * host and no other, so nothing may follow it, and nothing in the message comes from a visitor.
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

/** Tells a phone that its number was changed or removed. No link: a message with one teaches people to follow links. */
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
