import type { StateStore } from '../../stores/state-store';
import { NOW, PENDING, SESSION, aChallenge, aSentCode, issueInPendingLoginWith, newId } from '../samples';
import type { TestFramework } from '../test-framework';

export function describeChallenges({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  const issueInPendingLogin = issueInPendingLoginWith({ expect }, open);

  describe('challenges', () => {
    it('keeps every field', async () => {
      const challenge = await issueInPendingLogin({
        kind: 'email',
        authenticatorId: 'on-file-email',
        codes: [
          aSentCode({ sendId: 'first', sentBy: 'email', maskedDestination: 'a•••@e•••.com' }),
          aSentCode({ kind: 'email', sentBy: 'email', stage: 'sent' }),
          aSentCode({ sentAt: NOW + 3 }),
        ],
        notSent: 'limit',
        sealedSecret: 'sealed',
        state: { format: 1, options: { nested: ['é', 0, null, true] } },
      });
      expect(await open().findChallenge(challenge)).toEqual(challenge);
      const fault = await issueInPendingLogin({ notSent: 'fault' });
      expect(await open().findChallenge(fault)).toEqual(fault);
      const bare = await issueInPendingLogin();
      expect(await open().findChallenge(bare)).toEqual(bare);
    });

    it('has one for each owner and purpose', async () => {
      const first = aChallenge({ purpose: 'step-up' });
      const other = { ...first, id: newId(), purpose: 'enroll' } as const;
      const next = { ...first, id: newId(), kind: 'sms', codes: [aSentCode()] } as const;
      for (const challenge of [first, other, next]) await open().issueChallenge(challenge, SESSION);
      expect(await open().findChallenge(first)).toEqual(next);
      expect(await open().findChallenge(other)).toEqual(other);
      expect(await open().findChallenge({ ...first, purpose: 'unlock' })).toBeUndefined();
      expect(await open().findChallenge({ ...first, ownerId: newId() })).toBeUndefined();
      expect(await open().findChallenge({ ...first, userId: newId() })).toBeUndefined();
    });

    it('replaces all fields of the previous challenge', async () => {
      const sent = { codes: [aSentCode()], notSent: 'fault', sealedSecret: 's', state: { n: 1 } } as const;
      const first = await issueInPendingLogin({ kind: 'sms', ...sent });
      const next = aChallenge({ userId: first.userId, ownerId: first.ownerId });
      await open().issueChallenge(next, PENDING);
      expect(await open().findChallenge(first)).toEqual(next);
    });

    it('writes nothing if the pending login no longer exists', async () => {
      const challenge = aChallenge();
      expect(await open().issueChallenge(challenge, PENDING)).toBe(false);
      expect(await open().findChallenge(challenge)).toBeUndefined();
    });

    it('is written only if the live challenge has the expected version', async () => {
      const first = await issueInPendingLogin({ kind: 'sms' });
      const next = { ...first, version: newId(), codes: [aSentCode()] };
      expect(await open().issueChallenge(next, { ...PENDING, after: newId() })).toBe(false);
      expect(await open().issueChallenge(next, { ...PENDING, after: null })).toBe(false);
      expect(await open().findChallenge(first)).toEqual(first);
      expect(await open().issueChallenge(next, { ...PENDING, after: first.version })).toBe(true);
      expect(await open().issueChallenge(first, { ...PENDING, after: first.version })).toBe(false);
      expect(await open().findChallenge(first)).toEqual(next);
      await open().consumeChallenge(first, first.id);
      expect(await open().issueChallenge(first, { ...PENDING, after: next.version })).toBe(false);
      expect(await open().findChallenge(first)).toBeUndefined();
      expect(await open().issueChallenge(first, { ...PENDING, after: null })).toBe(true);
    });

    it('is written once for one expected version, even in parallel', async () => {
      const first = await issueInPendingLogin();
      const session = aChallenge({ purpose: 'step-up' });
      for (const [current, life] of [
        [first, { ...PENDING, after: first.version }],
        [session, { ...SESSION, after: null }],
      ] as const) {
        const writes = Array.from({ length: 20 }, () =>
          open().issueChallenge({ ...current, version: newId() }, life),
        );
        expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1);
      }
    });

    it('is written after an expired challenge, and starts a new count', async () => {
      const first = aChallenge({ purpose: 'step-up' });
      await open().issueChallenge(first, SESSION);
      await open().spendAttempt(first, 1);
      const later = { ...first, version: newId(), expiresAt: NOW + 900_000 };
      const after = { ...SESSION, now: NOW + 300_000, after: first.version };
      expect(await open().issueChallenge(later, after)).toBe(true);
      expect(await open().spendAttempt(first, 1)).toMatchObject({ outcome: 'spent' });
    });

    it('counts attempts up to the limit, even in parallel', async () => {
      const challenge = await issueInPendingLogin();
      const first = await open().spendAttempt(challenge, 5);
      expect(first).toMatchObject({ outcome: 'spent', challenge, attemptsLeft: 4 });
      const rest = await Promise.all(Array.from({ length: 30 }, () => open().spendAttempt(challenge, 5)));
      expect(rest.filter(({ outcome }) => outcome === 'spent')).toHaveLength(4);
      expect(rest.filter(({ outcome }) => outcome === 'exhausted')).toHaveLength(26);
    });

    it('keeps the count across new challenges and other kinds', async () => {
      const challenge = await issueInPendingLogin();
      await open().spendAttempt(challenge, 3);
      await open().issueChallenge({ ...challenge, id: newId(), kind: 'sms' }, PENDING);
      await open().spendAttempt(challenge, 3);
      await open().issueChallenge({ ...challenge, id: newId() }, PENDING);
      expect(await open().spendAttempt(challenge, 3)).toMatchObject({ outcome: 'spent', attemptsLeft: 0 });
      expect(await open().spendAttempt(challenge, 3)).toMatchObject({ outcome: 'exhausted' });
    });

    it('starts a new count for a session when all earlier challenges have expired', async () => {
      const challenge = aChallenge({ purpose: 'step-up' });
      await open().issueChallenge(challenge, SESSION);
      await open().spendAttempt(challenge, 1);
      const soon = { ...challenge, expiresAt: NOW + 310_000 };
      await open().issueChallenge(soon, { ...SESSION, now: NOW + 10_000 });
      expect(await open().spendAttempt(challenge, 1)).toMatchObject({ outcome: 'exhausted' });
      const later = { ...challenge, expiresAt: NOW + 900_000 };
      await open().issueChallenge(later, { ...SESSION, now: NOW + 310_000 });
      expect(await open().spendAttempt(challenge, 1)).toMatchObject({ outcome: 'spent' });
    });

    it('keeps the count of a session until the last of its challenges expires', async () => {
      const long = aChallenge({ purpose: 'step-up', expiresAt: NOW + 300_000 });
      const short = { ...long, purpose: 'enroll', id: newId(), expiresAt: NOW + 60_000 } as const;
      await open().issueChallenge(long, SESSION);
      await open().spendAttempt(long, 1);
      await open().issueChallenge(short, SESSION);
      await open().issueChallenge(long, { ...SESSION, now: NOW + 120_000 });
      expect(await open().spendAttempt(long, 1)).toMatchObject({ outcome: 'exhausted' });
    });

    it('is consumed once, if it is still live, together with its count', async () => {
      const challenge = await issueInPendingLogin();
      await open().spendAttempt(challenge, 2);
      expect(await open().consumeChallenge(challenge, newId())).toBe(false);
      expect(await open().consumeChallenge({ ...challenge, purpose: 'enroll' }, challenge.id)).toBe(false);
      const consumed = await Promise.all(
        Array.from({ length: 30 }, () => open().consumeChallenge(challenge, challenge.id)),
      );
      expect(consumed.filter(Boolean)).toHaveLength(1);
      expect(await open().findChallenge(challenge)).toBeUndefined();
      await open().issueChallenge(challenge, PENDING);
      expect(await open().spendAttempt(challenge, 2)).toMatchObject({ attemptsLeft: 1 });
    });
  });
}
