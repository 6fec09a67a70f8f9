import type { Authenticator } from '../core/member/authenticator';
import type { DocumentStore } from '../stores/document-store';
import { userOwner } from '../stores/owner-key';
import type { Documents } from './documents';
import { MEMBER } from './formats';
import type { Records } from './records';

/**
 * Keys that one person has over all. The claim is written before the member's document, so one whose owner does not hold what it
 * stands for is void: the enrollment was given up, or the authenticator was removed.
 */
export function keyRecordsIn(
  documents: Documents,
  store: DocumentStore,
): Pick<Records, 'claimKey' | 'findKeyOwner'> {
  async function findKeyOwner(
    key: string,
    isHeld: (authenticator: Authenticator) => boolean,
  ): Promise<string | undefined> {
    const owner = await store.findOwner(key);
    if (owner === undefined) return undefined;
    const { authenticators } = await documents.read(owner, MEMBER);
    return authenticators.some(isHeld) ? owner.id : undefined;
  }

  return {
    findKeyOwner,
    async claimKey(userId, key, isHeld) {
      const owner = userOwner(userId);
      if (await store.claim(key, owner)) return true;
      const holder = await store.findOwner(key);
      if (holder !== undefined && (await findKeyOwner(key, isHeld)) === undefined)
        await store.release(key, holder);
      return store.claim(key, owner);
    },
  };
}
