import type { Challenge, SendBudget, StateStore } from '../../src/stores/state-store';
import { NOW, aChallenge, aPendingLogin, aSession, newId } from './samples';

const PENDING = { now: NOW, underPendingLogin: true };
const SESSION = { now: NOW, underPendingLogin: false };

/** What every state store does. `open` gives the store under test. */
export function describeStateStore(open: () => StateStore): void {
  async function issueInPendingLogin(overrides: Partial<Challenge> = {}): Promise<Challenge> {
    const pending = aPendingLogin();
    await open().createPendingLogin(pending);
    const challenge = aChallenge({ userId: pending.userId, ownerId: pending.id, ...overrides });
    expect(await open().issueChallenge(challenge, PENDING)).toBe(true);
    return challenge;
  }

  it('has a clock of its own, or none but the process', async () => {
    const before = Date.now();
    const clock = await open().findClock(before);
    expect(clock ?? before).toBeGreaterThan(before - 5000);
    expect(clock ?? before).toBeLessThan(Date.now() + 5000);
  });

  describe('pending logins', () => {
    it('keeps one under its user', async () => {
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

    it('begins with its first challenge, where it is given one', async () => {
      const pending = aPendingLogin();
      const first = aChallenge({ userId: pending.userId, ownerId: pending.id });
      await open().createPendingLogin(pending, first);
      expect(await open().findPendingLogin(pending.userId, pending.id)).toEqual(pending);
      expect(await open().findChallenge(first)).toEqual(first);
      expect(await open().consumeChallenge(first, first.id)).toBe(true);
    });

    it('comes with the count of an attempt, whatever becomes of it', async () => {
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
      await open().endChallenge(first);
      expect(await open().spendAttempt(first, 1)).toEqual({ outcome: 'missing', pending });
      await open().endPendingLogin(pending.userId, pending.id);
      expect(await open().spendAttempt(first, 1)).toEqual({ outcome: 'missing', pending: undefined });
    });

    it('takes its challenges with it when it ends, and never comes back', async () => {
      const challenge = await issueInPendingLogin();
      await open().endPendingLogin(challenge.userId, challenge.ownerId);
      expect(await open().findPendingLogin(challenge.userId, challenge.ownerId)).toBeUndefined();
      expect(await open().findChallenge(challenge)).toBeUndefined();
      expect(await open().savePendingEvidence(challenge.userId, challenge.ownerId, [])).toBe(false);
      expect(await open().issueChallenge(challenge, PENDING)).toBe(false);
      expect(await open().consumeChallenge(challenge, challenge.id)).toBe(false);
      expect(await open().spendAttempt(challenge, 5)).toMatchObject({ outcome: 'missing' });
    });

    it('is gone for a new challenge once its end has passed', async () => {
      const challenge = await issueInPendingLogin();
      const late = { now: NOW + 600_000, underPendingLogin: true };
      expect(await open().issueChallenge({ ...challenge, id: newId() }, late)).toBe(false);
    });
  });

  describe('challenges', () => {
    it('keeps every field', async () => {
      const challenge = await issueInPendingLogin({
        kind: 'email',
        authenticatorId: 'on-file-email',
        codeHash: 'hash',
        sealedSecret: 'sealed',
        maskedDestination: 'a•••@e•••.com',
        sentBy: 'email',
        fallbackFrom: 'sms',
        sentAt: NOW + 3,
      });
      expect(await open().findChallenge(challenge)).toEqual(challenge);
      const bare = await issueInPendingLogin();
      expect(await open().findChallenge(bare)).toEqual(bare);
    });

    it('has one for each owner and purpose', async () => {
      const first = aChallenge({ purpose: 'step-up' });
      const other = { ...first, id: newId(), purpose: 'enroll' } as const;
      const next = { ...first, id: newId(), kind: 'sms', codeHash: 'hash' } as const;
      for (const challenge of [first, other, next]) await open().issueChallenge(challenge, SESSION);
      expect(await open().findChallenge(first)).toEqual(next);
      expect(await open().findChallenge(other)).toEqual(other);
      expect(await open().findChallenge({ ...first, purpose: 'unlock' })).toBeUndefined();
      expect(await open().findChallenge({ ...first, ownerId: newId() })).toBeUndefined();
      expect(await open().findChallenge({ ...first, userId: newId() })).toBeUndefined();
    });

    it('leaves nothing of the one before in its place', async () => {
      const sent = {
        codeHash: 'hash',
        sealedSecret: 's',
        maskedDestination: 'm',
        sentBy: 'sms',
        sentAt: NOW,
      } as const;
      const first = await issueInPendingLogin({ kind: 'sms', ...sent });
      const next = aChallenge({ userId: first.userId, ownerId: first.ownerId });
      await open().issueChallenge(next, PENDING);
      expect(await open().findChallenge(first)).toEqual(next);
    });

    it('writes nothing under a pending login that is gone', async () => {
      const challenge = aChallenge();
      expect(await open().issueChallenge(challenge, PENDING)).toBe(false);
      expect(await open().findChallenge(challenge)).toBeUndefined();
    });

    it('records how the code went out, where it is still the live one', async () => {
      const first = await issueInPendingLogin({ kind: 'sms' });
      const delivery = {
        sentBy: 'email',
        fallbackFrom: 'sms',
        sentAt: NOW + 5,
        maskedDestination: 'm',
        codeHash: 'hash',
        expiresAt: NOW + 300_005,
      } as const;
      expect(await open().recordDelivery(first, delivery)).toBe(true);
      expect(await open().findChallenge(first)).toEqual({ ...first, ...delivery });
      expect(await open().recordDelivery({ ...first, id: newId() }, { ...delivery, codeHash: 'x' })).toBe(
        false,
      );
      expect(await open().findChallenge(first)).toEqual({ ...first, ...delivery });
      await open().endChallenge(first);
      expect(await open().recordDelivery(first, delivery)).toBe(false);
      expect(await open().findChallenge(first)).toBeUndefined();
    });

    it('spends attempts up to the limit, however many are made at once', async () => {
      const challenge = await issueInPendingLogin();
      const first = await open().spendAttempt(challenge, 5);
      expect(first).toMatchObject({ outcome: 'spent', challenge, attemptsLeft: 4 });
      const rest = await Promise.all(Array.from({ length: 30 }, () => open().spendAttempt(challenge, 5)));
      expect(rest.filter(({ outcome }) => outcome === 'spent')).toHaveLength(4);
      expect(rest.filter(({ outcome }) => outcome === 'exhausted')).toHaveLength(26);
    });

    it('keeps the count over new challenges, ended ones and other kinds', async () => {
      const challenge = await issueInPendingLogin();
      await open().spendAttempt(challenge, 3);
      await open().issueChallenge({ ...challenge, id: newId(), kind: 'sms' }, PENDING);
      await open().spendAttempt(challenge, 3);
      await open().endChallenge(challenge);
      expect(await open().spendAttempt(challenge, 3)).toMatchObject({ outcome: 'missing' });
      await open().issueChallenge({ ...challenge, id: newId() }, PENDING);
      expect(await open().spendAttempt(challenge, 3)).toMatchObject({ outcome: 'spent', attemptsLeft: 0 });
      expect(await open().spendAttempt(challenge, 3)).toMatchObject({ outcome: 'exhausted' });
    });

    it('begins a new count for a session when everything before has expired', async () => {
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

    it('is consumed once, if it is still the live one, and takes the count with it', async () => {
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

  describe('sessions', () => {
    it('keeps an entry under its user', async () => {
      const userId = newId();
      const session = aSession({ methods: [], userAgent: 'A "strange" one\n' });
      await open().registerSession(userId, session, { now: NOW });
      expect(await open().findSession(userId, session.handle)).toEqual(session);
      expect(await open().findSession(newId(), session.handle)).toBeUndefined();
      expect(await open().findSession(userId, '__proto__')).toBeUndefined();
    });

    it('lists the one seen last first', async () => {
      const userId = newId();
      const [older, newer] = [aSession(), aSession({ handle: '__proto__', seenAt: NOW + 5 })];
      await open().registerSession(userId, older, { now: NOW });
      await open().registerSession(userId, newer, { now: NOW });
      expect(await open().listSessions(userId)).toEqual([newer, older]);
      await open().touchSession(userId, older.handle, NOW + 9);
      expect(await open().listSessions(userId)).toEqual([{ ...older, seenAt: NOW + 9 }, newer]);
      expect(await open().listSessions(newId())).toEqual([]);
    });

    it('takes the place of a pending login, with its challenges', async () => {
      const challenge = await issueInPendingLogin();
      const { userId, ownerId } = challenge;
      const session = aSession();
      await open().registerSession(userId, session, { now: NOW, replaces: ownerId });
      expect(await open().findPendingLogin(userId, ownerId)).toBeUndefined();
      expect(await open().findChallenge(challenge)).toBeUndefined();
      expect(await open().listSessions(userId)).toEqual([session]);
    });

    it('takes the place of an older handle', async () => {
      const userId = newId();
      const [old, next] = [aSession(), aSession()];
      await open().registerSession(userId, old, { now: NOW });
      await open().registerSession(userId, next, { now: NOW, continues: old.handle });
      expect(await open().listSessions(userId)).toEqual([next]);
    });

    it('continues no session that was ended meanwhile', async () => {
      const userId = newId();
      const [old, next] = [aSession(), aSession()];
      await open().registerSession(userId, old, { now: NOW });
      await open().endSession(userId, old.handle);
      await open().registerSession(userId, next, { now: NOW, continues: old.handle });
      expect(await open().listSessions(userId)).toEqual([]);
    });

    it('drops those past their end, and the oldest beyond a hundred', async () => {
      const userId = newId();
      const expired = aSession({ expiresAt: NOW + 10 });
      await open().registerSession(userId, expired, { now: NOW });
      for (let n = 0; n < 101; n += 1) {
        const session = aSession({ handle: `s${n}`, startedAt: NOW + n, seenAt: NOW + n });
        await open().registerSession(userId, session, { now: NOW + 10 });
      }
      const handles = (await open().listSessions(userId)).map(({ handle }) => handle);
      expect(handles).toHaveLength(100);
      expect(handles).not.toContain('s0');
      expect(handles).not.toContain(expired.handle);
      await open().registerSession(userId, aSession({ handle: 'old-but-new', startedAt: NOW - 1 }), {
        now: NOW + 10,
      });
      expect(await open().findSession(userId, 'old-but-new')).toBeDefined();
      expect(await open().listSessions(userId)).toHaveLength(100);
    });

    it('renews when it was seen, and never sets it back', async () => {
      const userId = newId();
      const session = aSession();
      await open().registerSession(userId, session, { now: NOW });
      expect(await open().touchSession(userId, session.handle, NOW + 60)).toBe(true);
      expect(await open().touchSession(userId, session.handle, NOW + 30)).toBe(true);
      expect(await open().findSession(userId, session.handle)).toEqual({ ...session, seenAt: NOW + 60 });
    });

    it('never revives an ended session by a touch', async () => {
      const userId = newId();
      const session = aSession();
      await open().registerSession(userId, session, { now: NOW });
      const [ended] = await Promise.all([
        open().endSession(userId, session.handle),
        ...Array.from({ length: 20 }, () => open().touchSession(userId, session.handle, NOW + 60)),
      ]);
      expect(ended).toBe(true);
      expect(await open().touchSession(userId, session.handle, NOW + 61)).toBe(false);
      expect(await open().endSession(userId, session.handle)).toBe(false);
      expect(await open().findSession(userId, session.handle)).toBeUndefined();
      expect(await open().listSessions(userId)).toEqual([]);
    });

    it('ends what a session was proving with it', async () => {
      const userId = newId();
      const session = aSession();
      const challenge = aChallenge({ userId, ownerId: session.handle, purpose: 'step-up' });
      await open().registerSession(userId, session, { now: NOW });
      await open().issueChallenge(challenge, SESSION);
      await open().endSession(userId, session.handle);
      expect(await open().findChallenge(challenge)).toBeUndefined();
    });

    it('ends all but one', async () => {
      const userId = newId();
      const sessions = [aSession(), aSession(), aSession()];
      for (const session of sessions) await open().registerSession(userId, session, { now: NOW });
      const [kept] = sessions;
      expect(await open().endOtherSessions(userId, kept?.handle ?? '')).toBe(2);
      expect(await open().listSessions(userId)).toEqual([kept]);
      expect(await open().endOtherSessions(userId, newId())).toBe(1);
      expect(await open().listSessions(userId)).toEqual([]);
      expect(await open().endOtherSessions(newId(), newId())).toBe(0);
    });
  });

  describe('send budgets', () => {
    const budget = (...windows: [max: number, seconds: number][]): SendBudget => ({
      key: newId(),
      windows: windows.map(([max, seconds]) => ({ max, seconds })),
    });

    it('slides each window over the sends', async () => {
      const both = [budget([1, 30], [3, 600])];
      const send = (seconds: number) => open().spendSendBudgets(both, NOW + seconds * 1000);
      const key = both[0]?.key;
      expect(await send(0)).toEqual({ outcome: 'spent' });
      expect(await send(10)).toEqual({ outcome: 'refused', key, retryAfterSeconds: 20 });
      expect(await send(30)).toEqual({ outcome: 'spent' });
      expect(await send(60)).toEqual({ outcome: 'spent' });
      expect(await send(90)).toEqual({ outcome: 'refused', key, retryAfterSeconds: 510 });
      expect(await send(600)).toEqual({ outcome: 'spent' });
      expect(await send(629)).toEqual({ outcome: 'refused', key, retryAfterSeconds: 1 });
      expect(await send(630)).toEqual({ outcome: 'spent' });
    });

    it('counts under every budget or under none, and names the longest wait', async () => {
      const [free, short, long] = [budget([1, 900]), budget([1, 30]), budget([1, 60])];
      await open().spendSendBudgets([short], NOW);
      await open().spendSendBudgets([long], NOW);
      const refused = await open().spendSendBudgets([free, short, long], NOW + 1);
      expect(refused).toEqual({ outcome: 'refused', key: long.key, retryAfterSeconds: 60 });
      expect(await open().spendSendBudgets([free], NOW + 2)).toEqual({ outcome: 'spent' });
    });

    it('says the wait without counting', async () => {
      const one = [budget([1, 30])];
      expect(await open().findSendWait(one, NOW)).toBe(0);
      expect(await open().findSendWait(one, NOW)).toBe(0);
      await open().spendSendBudgets(one, NOW);
      expect(await open().findSendWait(one, NOW + 500)).toBe(30);
      expect(await open().findSendWait([], NOW)).toBe(0);
    });

    it('never allows more than the most, however many ask at once', async () => {
      const many = [budget([4, 60]), budget([9, 60])];
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, () => open().spendSendBudgets(many, NOW)),
      );
      const spent = outcomes.filter(({ outcome }) => outcome === 'spent');
      expect(spent.length).toBeGreaterThan(0);
      expect(spent.length).toBeLessThanOrEqual(4);
    });

    it('refuses all where nothing is allowed', async () => {
      const none = budget([0, 60]);
      const refused = { outcome: 'refused', key: none.key, retryAfterSeconds: 60 };
      expect(await open().spendSendBudgets([none], NOW)).toEqual(refused);
      expect(await open().spendSendBudgets([], NOW)).toEqual({ outcome: 'spent' });
    });
  });

  describe('sent messages', () => {
    it('hands out a message once', async () => {
      const messageId = newId();
      const message = {
        userId: newId(),
        ownerId: newId(),
        purpose: 'step-up',
        challengeId: newId(),
      } as const;
      await open().rememberSentMessage(messageId, message, 60);
      const taken = await Promise.all(Array.from({ length: 10 }, () => open().takeSentMessage(messageId)));
      expect(taken.filter((item) => item !== undefined)).toEqual([message]);
      expect(await open().takeSentMessage('__proto__')).toBeUndefined();
    });
  });

  describe('throttles', () => {
    it('blocks a key, and no other, when its points are spent', async () => {
      const throttle = open().throttle({ name: newId(), points: 2, seconds: 60 });
      const key = '{__proto__}:1';
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
      expect(await throttle.spend(key)).toMatchObject({ outcome: 'blocked' });
      expect(await throttle.spend('other')).toEqual({ outcome: 'spent' });
      await throttle.clear(key);
      expect(await throttle.spend(key)).toEqual({ outcome: 'spent' });
    });

    it('takes a count back', async () => {
      const throttle = open().throttle({ name: newId(), points: 1, seconds: 60 });
      await throttle.spend('key');
      await throttle.giveBack('key');
      expect(await throttle.spend('key')).toEqual({ outcome: 'spent' });
      expect(await throttle.spend('key')).toMatchObject({ outcome: 'blocked' });
    });

    it('counts under its name, however often it is asked for', async () => {
      const options = { name: newId(), points: 1, seconds: 60 };
      await open().throttle(options).spend('key');
      expect(await open().throttle(options).spend('key')).toMatchObject({ outcome: 'blocked' });
      expect(
        await open()
          .throttle({ ...options, name: newId() })
          .spend('key'),
      ).toEqual({ outcome: 'spent' });
    });
  });
}
