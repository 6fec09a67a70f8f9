import { hasEnded } from '../../core/clock';
import { LONGEST_LOCK_SECONDS, lockEnd } from '../../core/member/guess-counter';
import { hashToken, issueToken, parseToken, tokenHashes } from '../../core/proof/bearer-token';
import type { ChallengeOwner } from '../../stores/state-store';
import type { FlowContext } from '../context/context';
import type { Gathered } from '../context/gather-facts';

export interface FoundUnlockLink {
  readonly tokenHash: string;
  readonly userId: string;
  readonly expiresAt: number;
}

export const UNLOCK_PATH = '/unlock';

/** The attempts that one link allows, however many logins use it. */
export const UNLOCK_ATTEMPTS = 3;

/** Attempts belong to the link, not to the login, so a second login has no more of them. */
export function unlockOwner({ userId, tokenHash }: FoundUnlockLink): ChallengeOwner {
  return { userId, ownerId: `unlock-${tokenHash}`, purpose: 'unlock' };
}

/** The link expires with the lock. It is not enough on its own: the password and a factor are required too. */
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

/** Finds a link by the token that was sent. Undefined if there is none, it was used, or the lock has ended. */
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

/** Finds a link by the stored form of its token, which a session keeps between the link and the proof. */
export async function findLinkByHash(
  context: FlowContext,
  tokenHash: string,
): Promise<FoundUnlockLink | undefined> {
  const link = await context.state.findUnlockLink(tokenHash);
  if (link === undefined || hasEnded(link.expiresAt, LONGEST_LOCK_SECONDS, context.clock.now()))
    return undefined;
  return { tokenHash, ...link };
}

export function isLockedOut(
  { options: { limits } }: Pick<FlowContext, 'options'>,
  { member: { guesses }, now }: Pick<Gathered, 'member' | 'now'>,
): boolean {
  return Object.values(guesses).some((counter) => lockEnd(counter, limits, now) !== null);
}

export function withoutLocks(gathered: Gathered): Gathered {
  const facts = { ...gathered.facts, codesLockedUntil: null, recoveryCodesLockedUntil: null };
  return { ...gathered, facts };
}
