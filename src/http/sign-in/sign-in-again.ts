import { withQuery } from '../kernel/request';
import type { RequestIdentity } from '../session/request-identity';

/**
 * Why somebody signs in once more, as the address of the sign-in page says it. A fixed word, so that a link made by somebody
 * else can say nothing but one of our own sentences, which name nobody and tell nobody to do anything but sign in.
 */
const REASONS = [
  'session-expired',
  'session-ended',
  'sign-in-too-old',
  'login-expired',
  'login-ended',
] as const;

type SignInReason = (typeof REASONS)[number];

/** The word of that reason; null where there is none to tell, and for whatever else an address may hold. */
export function toSignInReason(word: unknown): SignInReason | null {
  return REASONS.find((reason) => reason === word) ?? null;
}

/** What is said of a login that was not finished; it is no session yet. */
const OF_LOGIN: ReadonlyMap<string, SignInReason> = new Map([
  ['session-expired', 'login-expired'],
  ['session-ended', 'login-ended'],
]);

/** The reason as it is for this visitor. */
export function reasonFor(identity: RequestIdentity, because: string): string {
  const pending = identity.kind === 'known' && identity.subject.phase === 'pending';
  return (pending ? OF_LOGIN.get(because) : undefined) ?? because;
}

/** The host's sign-in page or ours, with where to go on to and why. */
export function signInPath(
  loginPath: string,
  again: { readonly because: string; readonly returnTo: string | null },
): string {
  return withQuery(loginPath, { returnTo: again.returnTo, because: toSignInReason(again.because) });
}
