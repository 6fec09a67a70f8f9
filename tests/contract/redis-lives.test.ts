import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import type { PasswordReservation } from '../../src/stores/password-attempts';
import { NOW, aChallenge, aPendingLogin, aSession, newId } from './samples';
import { aPassword, PASSWORD_LIMITS } from '../../src/testing/state-contract/password-attempts';

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
    const later = { ...challenge, expiresAt: NOW + 999_000 };
    await state.issueChallenge(later, { now: NOW, underPendingLogin: true, after: challenge.version });
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
    await state.issueChallenge({ ...challenge, expiresAt: NOW + 601_000 }, { ...session, now: NOW + 1000 });
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

  async function reserve(name: string, network: string): Promise<PasswordReservation> {
    const attempt = aPassword({ name, networks: [network] });
    const reserved = await state.reservePassword(attempt, PASSWORD_LIMITS, NOW);
    if (reserved.outcome !== 'reserved') throw new Error(`It is ${reserved.outcome}.`);
    return reserved.reservation;
  }

  it('is that of a window from the first wrong password on, whatever any process takes the time to be', async () => {
    const [name, network] = [newId(), newId()];
    const lives = () =>
      Promise.all([
        redis.pttl(`mfa:{name:${name}}:passwords`),
        redis.pttl(`mfa:{network:${network}}:passwords`),
      ]);
    const first = await reserve(name, network);
    await redis.pexpire(`mfa:{name:${name}}:passwords`, 500_000);
    await state.settlePassword(first, 'wrong', PASSWORD_LIMITS, NOW + 1e12);
    const second = await reserve(name, network);
    await state.settlePassword(second, 'wrong', PASSWORD_LIMITS, NOW - 1e12);
    const [ofName, ofNetwork] = await lives();
    expect(ofName).toBeGreaterThan(400_000);
    expect(ofName).toBeLessThanOrEqual(500_000);
    expect(ofNetwork).toBeGreaterThan(500_000);
    expect(ofNetwork).toBeLessThanOrEqual(600_000);
  });

  it('is nothing for right passwords', async () => {
    const [name, network] = [newId(), newId()];
    await state.settlePassword(await reserve(name, network), 'right', PASSWORD_LIMITS, NOW);
    expect(await redis.keys(`*${name}*`)).toEqual([]);
    expect(await redis.keys(`*${network}*`)).toEqual([]);
  });

  it('is over for what is judged afterwards: a wrong password counts in the next window, a right one takes nothing from it', async () => {
    const [name, network] = [newId(), newId()];
    const [right, wrong] = [await reserve(name, network), await reserve(name, network)];
    await redis.del(`mfa:{name:${name}}:passwords`, `mfa:{network:${network}}:passwords`);
    const held = await reserve(name, network);
    await state.settlePassword(right, 'right', PASSWORD_LIMITS, NOW);
    await state.settlePassword(wrong, 'wrong', PASSWORD_LIMITS, NOW);
    expect(await redis.hgetall(`mfa:{network:${network}}:passwords`)).toEqual({
      'r:all': '1',
      'f:all': '1',
      [`t:${held.id}`]: '1',
    });
    expect(await redis.pttl(`mfa:{name:${name}}:passwords`)).toBeGreaterThan(800_000);
  });

  it('is 90 days for an address that a name signed in from', async () => {
    const name = newId();
    await state.noteNetwork(name, newId(), NOW);
    const days = (await redis.pttl(`mfa:{name:${name}}:networks`)) / 86_400_000;
    expect(Math.ceil(days)).toBe(90);
  });

  it('is what was asked for a question about a message, and for a first step', async () => {
    await state.takeSentMessage('SM3', 60);
    await state.noteFirstStep('mark', 'login', 10);
    for (const [key, seconds] of [
      ['mfa:{message:SM3}', 60],
      ['mfa:{first-steps:mark}', 10],
    ] as const) {
      const left = await redis.pttl(key);
      expect(left).toBeGreaterThan(seconds * 500);
      expect(left).toBeLessThanOrEqual(seconds * 1000);
    }
  });

  it('is what was asked for a sent message', async () => {
    const message = { userId: 'u', ownerId: 'o', purpose: 'login', codeId: 'c' } as const;
    await state.rememberSentMessage('SM2', message, 600);
    const left = await redis.pttl('mfa:{message:SM2}');
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
  });
});
