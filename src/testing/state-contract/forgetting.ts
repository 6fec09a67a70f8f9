import type { StateStore } from '../../stores/state-store';
import { NOW, aChallenge, aPendingLogin, aSession, newId } from '../samples';
import type { TestFramework } from '../test-framework';

const LIFE = { now: NOW, underPendingLogin: false };

/** Stores data of every kind about a user, and returns a function that reads all of it. */
async function keepEverything(state: StateStore, userId: string): Promise<() => Promise<unknown[]>> {
  const pending = aPendingLogin({ userId });
  const session = aSession();
  const [link, message] = [newId(), newId()];
  const challenges = [
    aChallenge({ userId, ownerId: pending.id }),
    aChallenge({ userId, ownerId: session.handle, purpose: 'step-up' }),
    aChallenge({ userId, ownerId: `unlock-${link}`, purpose: 'unlock' }),
  ] as const;
  const codes = { sealed: 'sealed', issuedAt: NOW, expiresAt: NOW + 600_000, replacesOlder: false };
  const owners = [pending.id, session.handle].map((ownerId) => ({ userId, ownerId }));
  const { ownerId, purpose } = challenges[0];
  await state.createPendingLogin(pending);
  await state.registerSession(userId, session, { now: NOW });
  await state.issueChallenge(challenges[0], { now: NOW, underPendingLogin: true });
  for (const challenge of challenges.slice(1)) await state.issueChallenge(challenge, LIFE);
  for (const owner of owners) await state.keepUnseenCodes(owner, codes, NOW);
  await state.saveUnlockLink(link, { userId, expiresAt: NOW + 600_000 }, NOW);
  await state.rememberSentMessage(message, { userId, ownerId, purpose, codeId: 'c' }, 600);
  return () =>
    Promise.all([
      state.findPendingLogin(userId, pending.id),
      state.findSession(userId, session.handle),
      ...challenges.map((challenge) => state.findChallenge(challenge)),
      ...owners.map((owner) => state.findUnseenCodes(owner)),
      state.findUnlockLink(link),
      state.takeSentMessage(message),
    ]);
}

export function describeForgetting({ describe, it, expect }: TestFramework, open: () => StateStore): void {
  describe('a user who is forgotten', () => {
    it('has no data left, while others keep theirs', async () => {
      const [ada, mary] = [newId(), `${newId()}"]`];
      const ofAda = await keepEverything(open(), ada);
      const ofMary = await keepEverything(open(), mary);
      await open().forgetUser(ada);
      expect((await ofAda()).filter((found) => found !== undefined)).toEqual([]);
      expect(await open().listSessions(ada)).toEqual([]);
      expect((await ofMary()).filter((found) => found === undefined)).toEqual([]);
    });

    it('can be forgotten again, and can sign in again', async () => {
      const userId = newId();
      await open().forgetUser(userId);
      const found = await keepEverything(open(), userId);
      await open().forgetUser(userId);
      await open().forgetUser(userId);
      expect((await found()).filter((one) => one !== undefined)).toEqual([]);
      const session = aSession();
      await open().registerSession(userId, session, { now: NOW });
      expect(await open().findSession(userId, session.handle)).toEqual(session);
    });

    it('has no pending login left', async () => {
      const pending = aPendingLogin();
      await open().createPendingLogin(pending);
      await open().forgetUser(pending.userId);
      const challenge = aChallenge({ userId: pending.userId, ownerId: pending.id });
      expect(await open().issueChallenge(challenge, { now: NOW, underPendingLogin: true })).toBe(false);
      expect(await open().savePendingEvidence(pending.userId, pending.id, [])).toBe(false);
      expect(await open().endPendingLogin(pending.userId, pending.id)).toBe(false);
    });
  });
}
