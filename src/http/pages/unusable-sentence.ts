import { findUnusableStrongest } from '../../core/decision/factor-strength';
import type { Gathered } from '../../flows/context/gather-facts';

const CODES_BY = {
  totp: 'Codes from your authenticator app',
  sms: 'Codes by text message',
  email: 'Codes by email',
  'recovery-code': 'Recovery codes',
} as const;

/** Says that the strongest method works no more, and what takes its place; null where it works. */
export function unusableSentence({ facts }: Gathered): string | null {
  const kind = findUnusableStrongest(facts);
  if (kind === null) return null;
  return `${CODES_BY[kind]} are turned off. Use a recovery code, or ask your administrator to reset your methods.`;
}
