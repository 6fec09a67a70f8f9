import type { StateStore } from '../../stores/state-store';
import type { UnseenCodes } from '../../stores/unseen-codes';
import { NOW, aPendingLogin, aSession, newId } from '../samples';
import type { TestFramework } from '../test-framework';

export function describeUnlockLinks({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('unlock links', () => {
    const link = { userId: 'a:b {c}', expiresAt: NOW + 1_800_000 };

    it('are found only by the hash of their token, and end once', async () => {
      const hash = `k.${newId()}`;
      await open().saveUnlockLink(hash, link, NOW);
      expect(await open().findUnlockLink(hash)).toEqual(link);
      expect(await open().findUnlockLink(`k.${newId()}`)).toBeUndefined();
      const ends = await Promise.all([1, 2, 3].map(() => open().endUnlockLink(hash)));
      expect(ends.filter((ended) => ended)).toHaveLength(1);
      expect(await open().findUnlockLink(hash)).toBeUndefined();
    });
  });
}

function someCodes(overrides: Partial<UnseenCodes> = {}): UnseenCodes {
  return { sealed: newId(), issuedAt: NOW, expiresAt: NOW + 600_000, replacesOlder: true, ...overrides };
}

export function describeUnseenCodes({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('new recovery codes', () => {
    it('are found only by the session that created them', async () => {
      const owner = { userId: 'a:b {c}', ownerId: newId() };
      const codes = someCodes();
      await open().keepUnseenCodes(owner, codes, NOW);
      expect(await open().findUnseenCodes(owner)).toEqual(codes);
      expect(await open().findUnseenCodes({ ...owner, ownerId: newId() })).toBeUndefined();
      expect(await open().findUnseenCodes({ ...owner, userId: newId() })).toBeUndefined();
    });

    it('replace older ones', async () => {
      const owner = { userId: newId(), ownerId: newId() };
      const newer = someCodes({ replacesOlder: false });
      await open().keepUnseenCodes(owner, someCodes(), NOW);
      await open().keepUnseenCodes(owner, newer, NOW);
      expect(await open().findUnseenCodes(owner)).toEqual(newer);
    });

    it('are acknowledged once', async () => {
      const owner = { userId: newId(), ownerId: newId() };
      await open().keepUnseenCodes(owner, someCodes(), NOW);
      const ends = await Promise.all([1, 2, 3].map(() => open().endUnseenCodes(owner)));
      expect(ends.filter((ended) => ended)).toHaveLength(1);
      expect(await open().findUnseenCodes(owner)).toBeUndefined();
    });

    it('move from a pending login to its session', async () => {
      const login = aPendingLogin();
      const { userId, id } = login;
      const codes = someCodes();
      const session = aSession();
      await open().createPendingLogin(login);
      await open().keepUnseenCodes({ userId, ownerId: id }, codes, NOW);
      await open().registerSession(userId, session, { now: NOW, replaces: id });
      expect(await open().findUnseenCodes({ userId, ownerId: id })).toBeUndefined();
      expect(await open().findUnseenCodes({ userId, ownerId: session.handle })).toEqual(codes);
    });

    it('move with a session to its new handle, and leave those of other sessions', async () => {
      const userId = newId();
      const [old, next, other] = [aSession(), aSession(), aSession()];
      const [codes, others] = [someCodes(), someCodes()];
      for (const session of [old, other]) await open().registerSession(userId, session, { now: NOW });
      await open().keepUnseenCodes({ userId, ownerId: old.handle }, codes, NOW);
      await open().keepUnseenCodes({ userId, ownerId: other.handle }, others, NOW);
      await open().registerSession(userId, next, { now: NOW, continues: old.handle });
      expect(await open().findUnseenCodes({ userId, ownerId: old.handle })).toBeUndefined();
      expect(await open().findUnseenCodes({ userId, ownerId: next.handle })).toEqual(codes);
      expect(await open().findUnseenCodes({ userId, ownerId: other.handle })).toEqual(others);
    });

    it('do not move to a new handle if the session was ended meanwhile', async () => {
      const userId = newId();
      const [old, next] = [aSession(), aSession()];
      await open().registerSession(userId, old, { now: NOW });
      await open().endSession(userId, old.handle);
      await open().keepUnseenCodes({ userId, ownerId: old.handle }, someCodes(), NOW);
      await open().registerSession(userId, next, { now: NOW, continues: old.handle });
      expect(await open().findUnseenCodes({ userId, ownerId: next.handle })).toBeUndefined();
    });

    it('end with the session or the pending login', async () => {
      const login = aPendingLogin();
      const session = aSession();
      const { userId, id } = login;
      await open().createPendingLogin(login);
      await open().registerSession(userId, session, { now: NOW });
      await open().keepUnseenCodes({ userId, ownerId: id }, someCodes(), NOW);
      await open().keepUnseenCodes({ userId, ownerId: session.handle }, someCodes(), NOW);
      await open().endPendingLogin(userId, id);
      await open().endSession(userId, session.handle);
      expect(await open().findUnseenCodes({ userId, ownerId: id })).toBeUndefined();
      expect(await open().findUnseenCodes({ userId, ownerId: session.handle })).toBeUndefined();
    });
  });
}

export function describeSentMessages({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('sent messages', () => {
    it('returns a message once', async () => {
      const messageId = newId();
      const message = {
        userId: newId(),
        ownerId: newId(),
        purpose: 'step-up',
        codeId: newId(),
      } as const;
      await open().rememberSentMessage(messageId, message, 60);
      const taken = await Promise.all(Array.from({ length: 10 }, () => open().takeSentMessage(messageId)));
      expect(taken.filter((item) => item !== undefined)).toEqual([message]);
      expect(await open().takeSentMessage('__proto__')).toBeUndefined();
    });

    it('tells whether a message was asked for before it was stored', async () => {
      const messageId = newId();
      const message = { userId: newId(), ownerId: newId(), purpose: 'login', codeId: newId() } as const;
      expect(await open().takeSentMessage(messageId)).toBeUndefined();
      expect(await open().rememberSentMessage(messageId, message, 60)).toBe(false);
      expect(await open().takeSentMessage(messageId, 60)).toEqual(message);
      expect(await open().takeSentMessage(messageId, 60)).toBeUndefined();
      expect(await open().rememberSentMessage(messageId, message, 60)).toBe(true);
      expect(await open().takeSentMessage(messageId)).toBeUndefined();
      expect(await open().rememberSentMessage(messageId, message, 60)).toBe(false);
    });
  });

  describe('first steps', () => {
    it('are found by their mark, newest first', async () => {
      const mark = newId();
      expect(await open().findFirstSteps(mark)).toEqual([]);
      await open().noteFirstStep(mark, 'one', 60);
      await open().noteFirstStep(mark, 'two', 60);
      await open().noteFirstStep(newId(), 'three', 60);
      expect(await open().findFirstSteps(mark)).toEqual(['two', 'one']);
      expect(await open().findFirstSteps('__proto__')).toEqual([]);
    });

    it('are limited to the newest', async () => {
      const mark = newId();
      for (let step = 1; step <= 10; step += 1) await open().noteFirstStep(mark, String(step), 60);
      expect(await open().findFirstSteps(mark)).toEqual(['10', '9', '8', '7', '6', '5', '4', '3']);
    });
  });
}
