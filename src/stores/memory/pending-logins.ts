import type { StateStore } from '../state-store';
import { ownerKey, type Owners } from './owners';
import type { KeptCodes } from './unseen-codes';

type Verbs = 'createPendingLogin' | 'findPendingLogin' | 'savePendingEvidence' | 'endPendingLogin';

export function pendingLoginsIn(owners: Owners, unseenCodes: KeptCodes): Pick<StateStore, Verbs> {
  return {
    async createPendingLogin(pending, first) {
      const challenges = new Map(first === undefined ? [] : [[first.purpose, { ...first }]]);
      const owner = { pending: { ...pending }, challenges, attempts: new Map() };
      const life = { now: pending.startedAt, expiresAt: pending.expiresAt };
      owners.set(ownerKey(pending.userId, pending.id), owner, life);
    },
    async findPendingLogin(userId, id) {
      return owners.get(ownerKey(userId, id))?.pending ?? undefined;
    },
    async savePendingEvidence(userId, id, evidence) {
      const key = ownerKey(userId, id);
      const owner = owners.get(key);
      if (owner === undefined || owner.pending === null) return false;
      owners.replace(key, { ...owner, pending: { ...owner.pending, evidence: [...evidence] } });
      return true;
    },
    async endPendingLogin(userId, id) {
      const key = ownerKey(userId, id);
      const wasThere = (owners.get(key)?.pending ?? null) !== null;
      owners.delete(key);
      unseenCodes.delete(key);
      return wasThere;
    },
  };
}
