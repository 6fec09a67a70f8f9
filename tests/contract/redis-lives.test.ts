import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { NOW, aChallenge, aPendingLogin, aSession, newId } from './samples';

describe('how long state lives in Redis', () => {
  const redis = connectRedis();
  const state = redisState(redis);
  afterAll(() => redis.disconnect());

  const ownerKey = ({ userId, ownerId }: { userId: string; ownerId: string }) =>
    `mfa:{user:${userId}}:owner:${ownerId}`;

  it('is that of the login, however long its challenges are', async () => {
    const pending = aPendingLogin({ expiresAt: NOW + 60_000 });
    await state.createPendingLogin(pending);
    const challenge = aChallenge({ userId: pending.userId, ownerId: pending.id, expiresAt: NOW + 900_000 });
    await state.issueChallenge(challenge, { now: NOW, underPendingLogin: true });
    const later = { ...challenge, sentAt: NOW + 1, expiresAt: NOW + 999_000 };
    await state.recordDelivery(challenge, later);
    await state.savePendingEvidence(pending.userId, pending.id, []);
    expect(await redis.pttl(ownerKey(challenge))).toBeLessThanOrEqual(60_000);
    expect((await state.findPendingLogin(pending.userId, pending.id))?.expiresAt).toBe(NOW + 60_000);
  });

  it('is that of the last challenge for a session', async () => {
    const challenge = aChallenge({ purpose: 'step-up', expiresAt: NOW + 300_000 });
    const session = { now: NOW, underPendingLogin: false };
    await state.issueChallenge(challenge, session);
    expect(await redis.pttl(ownerKey(challenge))).toBeLessThanOrEqual(300_000);
    const short = { ...challenge, purpose: 'enroll', expiresAt: NOW + 1000 } as const;
    await state.issueChallenge(short, session);
    expect(await redis.pttl(ownerKey(challenge))).toBeGreaterThan(200_000);
    await state.recordDelivery(challenge, { ...challenge, sentAt: NOW + 1000, expiresAt: NOW + 601_000 });
    const left = await redis.pttl(ownerKey(challenge));
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
  });

  it('is that of the longest session of a user', async () => {
    const userId = newId();
    await state.registerSession(userId, aSession({ expiresAt: NOW + 900_000 }), { now: NOW });
    await state.registerSession(userId, aSession({ expiresAt: NOW + 60_000 }), { now: NOW });
    const left = await redis.pttl(`mfa:{user:${userId}}:sessions`);
    expect(left).toBeGreaterThan(800_000);
    expect(left).toBeLessThanOrEqual(900_000);
  });

  it('is that of the longest window of a budget', async () => {
    const budget = {
      key: newId(),
      windows: [
        { max: 3, seconds: 600 },
        { max: 1, seconds: 30 },
      ],
    };
    await state.spendSendBudgets([budget], NOW);
    const left = await redis.pttl(`mfa:{sends:${budget.key}}`);
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
  });

  it('is that of the cookie for a session of express-session', async () => {
    const store = state.createSessionStore();
    const expires = new Date(Date.now() + 600_000);
    await new Promise((resolve) =>
      store.set('one', { cookie: { originalMaxAge: 600_000, expires } }, resolve),
    );
    const left = await redis.pttl('mfa:session:one');
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(601_000);
  });

  it('is what was asked for a sent message', async () => {
    const message = { userId: 'u', ownerId: 'o', purpose: 'login', challengeId: 'c' } as const;
    await state.rememberSentMessage('SM2', message, 600);
    const left = await redis.pttl('mfa:{message:SM2}');
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
  });
});
