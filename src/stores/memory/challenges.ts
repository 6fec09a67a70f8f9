import type { Challenge, ChallengeOwner, StateStore } from '../state-store';
import { ownerKey, withEntry, withoutEntry, type Owner, type Owners } from './owners';

type Verbs =
  | 'issueChallenge'
  | 'findChallenge'
  | 'recordDelivery'
  | 'spendAttempt'
  | 'consumeChallenge'
  | 'endChallenge';

const NOTHING: Owner = { pending: null, challenges: new Map(), attempts: new Map() };

export function challengesIn(owners: Owners): Pick<StateStore, Verbs> {
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
    async issueChallenge(challenge, { now, underPendingLogin }) {
      const { key, owner: found } = find(challenge);
      const expired = now >= (owners.expiresAt(key) ?? Infinity);
      const owner = expired ? NOTHING : found;
      const challenges = withEntry(owner.challenges, challenge.purpose, { ...challenge });
      if (underPendingLogin && owner.pending === null) return false;
      if (owner.pending !== null) {
        owners.replace(key, { ...owner, challenges });
        return true;
      }
      const expiresAt = Math.max(owners.expiresAt(key) ?? 0, challenge.expiresAt);
      owners.set(key, { ...owner, challenges }, { now, expiresAt });
      return true;
    },
    async findChallenge(wanted) {
      return find(wanted).challenge;
    },
    async recordDelivery(issued, delivery) {
      const { key, owner, challenge } = find(issued);
      if (challenge?.id !== issued.id) return false;
      const challenges = withEntry(owner.challenges, issued.purpose, { ...challenge, ...delivery });
      const changed = { ...owner, challenges };
      const endsAt = owners.expiresAt(key) ?? 0;
      if (owner.pending !== null || delivery.sentAt === null) owners.replace(key, changed);
      else
        owners.set(key, changed, { now: delivery.sentAt, expiresAt: Math.max(endsAt, delivery.expiresAt) });
      return true;
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
    async endChallenge(wanted) {
      const { key, owner } = find(wanted);
      owners.replace(key, { ...owner, challenges: withoutEntry(owner.challenges, wanted.purpose) });
    },
  };
}
