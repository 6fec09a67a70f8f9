import { hasEnded } from '../../core/clock';
import { LONGEST_LOCK_SECONDS, lockEnd } from '../../core/member/guess-counter';
import { hashToken, issueToken, parseToken, tokenHashes } from '../../core/proof/bearer-token';
import type { ChallengeOwner } from '../../stores/state-store';
import type { FlowContext } from '../context/context';
import type { Gathered } from '../context/gather-facts';

/** A link as it was found by its token. */
export interface FoundUnlockLink {
  readonly tokenHash: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/** Below the pages' path. */
export const UNLOCK_PATH = '/unlock';

/** Guesses that one link allows, however many logins use it. */
export const UNLOCK_ATTEMPTS = 3;

/** The attempts belong to the link and not to the login, so that a second login has no more. */
export function unlockOwner({ userId, tokenHash }: FoundUnlockLink): ChallengeOwner {
  return { userId, ownerId: `unlock-${tokenHash}`, purpose: 'unlock' };
}

/**
 * Makes the link that ends a lock sooner. It lives as long as the lock. The link alone opens nothing: the password and a factor are
 * asked for as well.
 */
export async function issueUnlockLink(
  context: FlowContext,
  lock: { readonly userId: string; readonly lockedUntil: number },
): Promise<string> {
  const token = issueToken();
  const { baseUrl, pagesPath } = context.options;
  const hash = hashToken(context.keyRing, 'unlock-link', [token.reveal()]);
  const link = { userId: lock.userId, expiresAt: lock.lockedUntil };
  await context.state.saveUnlockLink(hash, link, context.clock.now());
  return `${baseUrl}${pagesPath}${UNLOCK_PATH}?${new URLSearchParams({ token: token.reveal() }).toString()}`;
}

/** The link of a token as it was sent; undefined where there is none, it was used, or the lock is over. */
export async function findUnlockLink(
  context: FlowContext,
  submitted: unknown,
): Promise<FoundUnlockLink | undefined> {
  const token = parseToken(submitted);
  if (token === null) return undefined;
  const hashes = tokenHashes(context.keyRing, 'unlock-link', [token.reveal()]);
  const found = await Promise.all(hashes.map((hash) => findLinkByHash(context, hash)));
  return found.find((link) => link !== undefined);
}

/** The same by the stored form, which a session remembers between the link and the proof. */
export async function findLinkByHash(
  context: FlowContext,
  tokenHash: string,
): Promise<FoundUnlockLink | undefined> {
  const link = await context.state.findUnlockLink(tokenHash);
  if (link === undefined || hasEnded(link.expiresAt, LONGEST_LOCK_SECONDS, context.clock.now()))
    return undefined;
  return { tokenHash, ...link };
}

/** Whether codes or recovery codes are refused now. */
export function isLockedOut(
  { options: { limits } }: Pick<FlowContext, 'options'>,
  { member: { guesses }, now }: Pick<Gathered, 'member' | 'now'>,
): boolean {
  return Object.values(guesses).some((counter) => lockEnd(counter, limits, now) !== null);
}

/** The facts as they would be without the lock. */
export function withoutLocks(gathered: Gathered): Gathered {
  const facts = { ...gathered.facts, codesLockedUntil: null, recoveryCodesLockedUntil: null };
  return { ...gathered, facts };
}
