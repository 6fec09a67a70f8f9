import type { StateStore } from '../../stores/state-store';
import { NOW, SESSION, aChallenge, aSession, issueInPendingLoginWith, newId } from '../samples';
import type { TestFramework } from '../test-framework';

export function describeSessions({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  const issueInPendingLogin = issueInPendingLoginWith({ expect }, open);

  describe('sessions', () => {
    it('keeps a session for its user', async () => {
      const userId = newId();
      const session = aSession({ methods: [], userAgent: 'A "strange" one\n' });
      await open().registerSession(userId, session, { now: NOW });
      expect(await open().findSession(userId, session.handle)).toEqual(session);
      expect(await open().findSession(newId(), session.handle)).toBeUndefined();
      expect(await open().findSession(userId, '__proto__')).toBeUndefined();
    });

    it('lists the most recently used session first', async () => {
      const userId = newId();
      const [older, newer] = [aSession(), aSession({ handle: '__proto__', seenAt: NOW + 5 })];
      await open().registerSession(userId, older, { now: NOW });
      await open().registerSession(userId, newer, { now: NOW });
      expect(await open().listSessions(userId)).toEqual([newer, older]);
      await open().touchSession(userId, older.handle, NOW + 9);
      expect(await open().listSessions(userId)).toEqual([{ ...older, seenAt: NOW + 9 }, newer]);
      expect(await open().listSessions(newId())).toEqual([]);
    });

    it('replaces a pending login and its challenges', async () => {
      const challenge = await issueInPendingLogin();
      const { userId, ownerId } = challenge;
      const session = aSession();
      await open().registerSession(userId, session, { now: NOW, replaces: ownerId });
      expect(await open().findPendingLogin(userId, ownerId)).toBeUndefined();
      expect(await open().findChallenge(challenge)).toBeUndefined();
      expect(await open().listSessions(userId)).toEqual([session]);
    });

    it('replaces an older handle', async () => {
      const userId = newId();
      const [old, next] = [aSession(), aSession()];
      await open().registerSession(userId, old, { now: NOW });
      await open().registerSession(userId, next, { now: NOW, continues: old.handle });
      expect(await open().listSessions(userId)).toEqual([next]);
    });

    it('does not list a session that had expired when another started', async () => {
      const userId = newId();
      const [over, next] = [aSession({ expiresAt: NOW + 60_000 }), aSession()];
      await open().registerSession(userId, over, { now: NOW });
      await open().registerSession(userId, next, { now: NOW + 60_000 });
      expect(await open().listSessions(userId)).toEqual([next]);
    });

    it('does not continue a session that was ended meanwhile', async () => {
      const userId = newId();
      const [old, next] = [aSession(), aSession()];
      await open().registerSession(userId, old, { now: NOW });
      await open().endSession(userId, old.handle);
      await open().registerSession(userId, next, { now: NOW, continues: old.handle });
      expect(await open().listSessions(userId)).toEqual([]);
    });

    it('removes expired sessions, and the oldest beyond a hundred', async () => {
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

    it('updates when a session was seen, and never moves it back', async () => {
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

    it('ends with its challenges', async () => {
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
}
