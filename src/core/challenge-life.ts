import { hasEnded } from './credible-instant';

/** The longest life of an unfinished login and of a code (NIST SP 800-63B-4, 3.1.3.2: ten minutes). */
export const LONGEST_CHALLENGE_SECONDS = 600;

/** Whether a challenge, or the unfinished login that it belongs to, is over. */
export function isChallengeOver({ expiresAt }: { readonly expiresAt: number }, now: number): boolean {
  return hasEnded(expiresAt, LONGEST_CHALLENGE_SECONDS, now);
}
