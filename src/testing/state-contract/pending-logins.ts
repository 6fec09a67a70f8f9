import type { StateStore } from '../../stores/state-store';
import {
  NOW,
  PENDING,
  aChallenge,
  aPendingLogin,
  aSentCode,
  issueInPendingLoginWith,
  newId,
} from '../samples';
import type { TestFramework } from '../test-framework';

export function describePendingLogins({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  const issueInPendingLogin = issueInPendingLoginWith({ expect }, open);

  describe('pending logins', () => {
    it('keeps a pending login for its user', async () => {
      const pending = aPendingLogin({
        organizationId: '__proto__',
        evidence: [
          { method: 'federated', at: NOW },
          { method: 'totp', at: NOW + 1, authenticatorId: newId() },
        ],
      });
      await open().createPendingLogin(pending);
      expect(await open().findPendingLogin(pending.userId, pending.id)).toEqual(pending);
      expect(await open().findPendingLogin(newId(), pending.id)).toBeUndefined();
      expect(await open().findPendingLogin(pending.userId, newId())).toBeUndefined();
    });

    it('replaces the evidence and nothing else', async () => {
      const pending = aPendingLogin();
      await open().createPendingLogin(pending);
      const evidence = [
        ...pending.evidence,
        { method: 'sms', at: NOW + 9, authenticatorId: 'on-file-sms' } as const,
        { method: 'sms', at: NOW + 10, authenticatorId: 'phone', sentBy: 'email' } as const,
        { method: 'password', at: NOW + 11, channel: 'channel' } as const,
      ];
      expect(await open().savePendingEvidence(pending.userId, pending.id, evidence)).toBe(true);
      expect(await open().findPendingLogin(pending.userId, pending.id)).toEqual({ ...pending, evidence });
      expect(await open().savePendingEvidence(pending.userId, newId(), evidence)).toBe(false);
    });

    it('ends once, even in parallel', async () => {
      const pending = aPendingLogin();
      await open().createPendingLogin(pending);
      const ends = Array.from({ length: 20 }, () => open().endPendingLogin(pending.userId, pending.id));
      expect((await Promise.all(ends)).filter(Boolean)).toHaveLength(1);
      expect(await open().findPendingLogin(pending.userId, pending.id)).toBeUndefined();
      expect(await open().endPendingLogin(pending.userId, newId())).toBe(false);
    });

    it('starts with its first challenge, if there is one', async () => {
      const pending = aPendingLogin();
      const first = aChallenge({ userId: pending.userId, ownerId: pending.id });
      await open().createPendingLogin(pending, first);
      expect(await open().findPendingLogin(pending.userId, pending.id)).toEqual(pending);
      expect(await open().findChallenge(first)).toEqual(first);
      expect(await open().consumeChallenge(first, first.id)).toBe(true);
    });

    it('is returned with each counted attempt, whatever the outcome', async () => {
      const pending = aPendingLogin();
      const first = aChallenge({ userId: pending.userId, ownerId: pending.id });
      await open().createPendingLogin(pending, first);
      expect(await open().spendAttempt(first, 1)).toEqual({
        outcome: 'spent',
        challenge: first,
        attemptsLeft: 0,
        pending,
      });
      expect(await open().spendAttempt(first, 1)).toEqual({ outcome: 'exhausted', pending });
      await open().consumeChallenge(first, first.id);
      expect(await open().spendAttempt(first, 1)).toEqual({ outcome: 'missing', pending });
      await open().endPendingLogin(pending.userId, pending.id);
      expect(await open().spendAttempt(first, 1)).toEqual({ outcome: 'missing', pending: undefined });
    });

    it('ends with its challenges, and never comes back', async () => {
      const challenge = await issueInPendingLogin();
      await open().endPendingLogin(challenge.userId, challenge.ownerId);
      expect(await open().findPendingLogin(challenge.userId, challenge.ownerId)).toBeUndefined();
      expect(await open().findChallenge(challenge)).toBeUndefined();
      expect(await open().savePendingEvidence(challenge.userId, challenge.ownerId, [])).toBe(false);
      expect(await open().issueChallenge(challenge, PENDING)).toBe(false);
      expect(await open().consumeChallenge(challenge, challenge.id)).toBe(false);
      expect(await open().spendAttempt(challenge, 5)).toMatchObject({ outcome: 'missing' });
    });

    it('does not accept a new challenge after it has expired', async () => {
      const challenge = await issueInPendingLogin();
      const late = { now: NOW + 600_000, underPendingLogin: true };
      expect(await open().issueChallenge({ ...challenge, id: newId() }, late)).toBe(false);
    });

    it('expires as planned, however long its challenges and their codes last', async () => {
      const long = { expiresAt: NOW + 3_600_000 };
      const challenge = await issueInPendingLogin({ kind: 'sms', ...long });
      const sent = { ...challenge, version: newId(), codes: [aSentCode(long)] };
      expect(await open().issueChallenge(sent, { ...PENDING, after: challenge.version })).toBe(true);
      const late = { now: NOW + 600_000, underPendingLogin: true };
      expect(await open().issueChallenge({ ...challenge, id: newId() }, late)).toBe(false);
    });

    it('is not created by the challenge of a session', async () => {
      const challenge = aChallenge({ purpose: 'step-up' });
      const { userId, ownerId } = challenge;
      await open().issueChallenge(challenge, { now: NOW, underPendingLogin: false });
      expect(await open().savePendingEvidence(userId, ownerId, [])).toBe(false);
      expect(await open().findPendingLogin(userId, ownerId)).toBeUndefined();
    });

    it('is found only by its own user and id, not by similar ones', async () => {
      const pending = aPendingLogin({ userId: 'ab', id: 'c' });
      await open().createPendingLogin(pending);
      expect(await open().findPendingLogin('ab', 'c')).toEqual(pending);
      expect(await open().findPendingLogin('a', 'bc')).toBeUndefined();
      await open().endPendingLogin('ab', 'c');
    });
  });
}
