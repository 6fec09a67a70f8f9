import type { Policy } from './policy';

/**
 * Whether a code for a phone may go to the email address on file instead. Only at sign-in: a step-up or an unlock asks for a proof
 * of the phone, which a code by email is not, and an enrollment would confirm the wrong address.
 */
export function maySmsFallBack(
  { smsFallback }: Pick<Policy, 'smsFallback'>,
  purpose: 'login' | 'step-up' | 'enroll' | 'unlock',
): boolean {
  return smsFallback && purpose === 'login';
}
