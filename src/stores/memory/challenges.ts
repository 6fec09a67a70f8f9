import { hasEnded } from '../../core/clock';
import { LONGEST_LOCK_SECONDS } from '../../core/member/guess-counter';
import type { Challenge, ChallengeOwner, StateStore } from '../state-store';
import { ownerKey, withEntry, withoutEntry, type Owner, type Owners } from './owned-entries';
import type { StoredCodes } from './short-lived';

type LoginVerbs = 'createPendingLogin' | 'findPendingLogin' | 'savePendingEvidence' | 'endPendingLogin';

export function pendingLoginsIn(owners: Owners, unseenCodes: StoredCodes): Pick<StateStore, LoginVerbs> {
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

type ChallengeVerbs = 'issueChallenge' | 'findChallenge' | 'spendAttempt' | 'consumeChallenge';

const NOTHING: Owner = { pending: null, challenges: new Map(), attempts: new Map() };

export function challengesIn(owners: Owners): Pick<StateStore, ChallengeVerbs> {
  function find({ userId, ownerId, purpose }: ChallengeOwner): {
    readonly key: string;
    readonly owner: Owner;
    readonly challenge: Challenge | undefined;
  } {
    const key = ownerKey(userId, ownerId);
    const owner = owners.get(key) ?? NOTHING;
    return { key, owner, challenge: owner.challenges.get(purpose) };
  }

  return {
    async issueChallenge(challenge, { now, underPendingLogin, after }) {
      const { key, owner: found } = find(challenge);
      const version = found.challenges.get(challenge.purpose)?.version ?? null;
      if (after !== undefined && version !== after) return false;
      const endsAt = owners.expiresAt(key);
      // An expiry later than that of the longest lock was written by a clock that was ahead.
      const expired = endsAt !== undefined && hasEnded(endsAt, LONGEST_LOCK_SECONDS, now);
      const owner = expired ? NOTHING : found;
      const challenges = withEntry(owner.challenges, challenge.purpose, { ...challenge });
      if (underPendingLogin && owner.pending === null) return false;
      if (owner.pending !== null) {
        owners.replace(key, { ...owner, challenges });
        return true;
      }
      const expiresAt = Math.max(expired ? 0 : (endsAt ?? 0), challenge.expiresAt);
      owners.set(key, { ...owner, challenges }, { now, expiresAt });
      return true;
    },
    async findChallenge(wanted) {
      return find(wanted).challenge;
    },
    async spendAttempt(wanted, max) {
      const { key, owner, challenge } = find(wanted);
      const pending = owner.pending ?? undefined;
      if (challenge === undefined) return { outcome: 'missing', pending };
      const spent = owner.attempts.get(wanted.purpose) ?? 0;
      if (spent >= max) return { outcome: 'exhausted', pending };
      owners.replace(key, { ...owner, attempts: withEntry(owner.attempts, wanted.purpose, spent + 1) });
      return { outcome: 'spent', challenge, attemptsLeft: max - spent - 1, pending };
    },
    async consumeChallenge(wanted, challengeId) {
      const { key, owner, challenge } = find(wanted);
      if (challenge?.id !== challengeId) return false;
      owners.replace(key, {
        ...owner,
        challenges: withoutEntry(owner.challenges, wanted.purpose),
        attempts: withoutEntry(owner.attempts, wanted.purpose),
      });
      return true;
    },
  };
}
