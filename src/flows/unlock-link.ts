import { hasEnded } from '../core/credible-instant';
import { LONGEST_LOCK_SECONDS } from '../core/guess-counter';
import { hashToken, issueToken, parseToken, tokenHashes } from '../core/bearer-token';
import type { FlowContext } from './context';

/** A link as it was found by its token. */
export interface FoundUnlockLink {
  readonly tokenHash: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/** Below the pages' path. */
export const UNLOCK_PATH = '/unlock';

/**
 * Makes the link that ends a lock sooner. It lives as long as the lock. Whoever holds it alone gets nothing: the
 * password and a factor are asked for besides.
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
