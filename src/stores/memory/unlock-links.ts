import type { StateStore, UnlockLink } from '../state-store';
import type { ExpiringMap } from './expiring-map';

type Verbs = 'saveUnlockLink' | 'findUnlockLink' | 'endUnlockLink';

export function unlockLinksIn(links: ExpiringMap<UnlockLink>): Pick<StateStore, Verbs> {
  return {
    async saveUnlockLink(tokenHash, link, now) {
      links.set(tokenHash, { ...link }, { now, expiresAt: link.expiresAt });
    },
    async findUnlockLink(tokenHash) {
      return links.get(tokenHash);
    },
    async endUnlockLink(tokenHash) {
      return links.delete(tokenHash);
    },
  };
}
