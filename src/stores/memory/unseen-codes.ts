import type { UnseenCodes, UnseenCodesStore } from '../unseen-codes';
import type { ExpiringMap } from './expiring-map';
import { ownerKey } from './owners';

export type KeptCodes = ExpiringMap<UnseenCodes>;

export function unseenCodesIn(kept: KeptCodes): UnseenCodesStore {
  return {
    async keepUnseenCodes({ userId, ownerId }, codes, now) {
      kept.set(ownerKey(userId, ownerId), { ...codes }, { now, expiresAt: codes.expiresAt });
    },
    async findUnseenCodes({ userId, ownerId }) {
      return kept.get(ownerKey(userId, ownerId));
    },
    async endUnseenCodes({ userId, ownerId }) {
      return kept.delete(ownerKey(userId, ownerId));
    },
  };
}

/** The session goes on under another handle. */
export function takeCodesAlong(kept: KeptCodes, from: string, to: string, now: number): void {
  const codes = kept.get(from);
  kept.delete(from);
  if (codes !== undefined) kept.set(to, codes, { now, expiresAt: codes.expiresAt });
}
