import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { NOW, aChallenge, aPendingLogin, aSentCode, aSession, newId } from './samples';
import { aPassword, PASSWORD_LIMITS } from '../../src/testing/state-contract/password-attempts';

describe('the memory that state takes in Redis', () => {
  const redis = connectRedis();
  const state = redisState(redis);
  afterAll(() => redis.disconnect());

  const bytesOf = async (key: string) => (await redis.memory('USAGE', key)) ?? Infinity;

  async function loginWith(overrides: Parameters<typeof aChallenge>[0]): Promise<string> {
    const pending = aPendingLogin({ organizationId: newId() });
    await state.createPendingLogin(pending);
    const challenge = aChallenge({ userId: pending.userId, ownerId: pending.id, ...overrides });
    await state.issueChallenge(challenge, { now: NOW, underPendingLogin: true });
    await state.spendAttempt(challenge, 5);
    return `mfa:{user:${pending.userId}}:owner:${pending.id}`;
  }

  it('is less than 512 bytes for a login that asks for the app', async () => {
    expect(await bytesOf(await loginWith({}))).toBeLessThan(512);
  });

  it('is less than 1.5 KiB for a login with a code on its way', async () => {
    const key = await loginWith({ kind: 'sms', codes: [aSentCode()] });
    expect(await bytesOf(key)).toBeLessThan(1536);
  });

  it('is less than 2.5 KiB for one with as many codes as there may be', async () => {
    const codes = Array.from({ length: 4 }, () => aSentCode({ sentBy: 'email' }));
    expect(await bytesOf(await loginWith({ kind: 'sms', codes }))).toBeLessThan(2560);
  });

  it('is less than 1 KiB for the addresses that a name is known by, and bounded for its wrong passwords', async () => {
    const name = newId();
    for (let n = 0; n < 30; n += 1) {
      const network = `${newId()}abc`;
      await state.noteNetwork(name, network, NOW + n);
      const attempt = aPassword({ name, networks: [network] });
      const limits = { ...PASSWORD_LIMITS, perSource: 10, fromStrangers: 20 };
      const reserved = await state.reservePassword(attempt, limits, NOW);
      if (reserved.outcome === 'reserved' && n < 10)
        await state.settlePassword(reserved.reservation, 'wrong', limits, NOW);
    }
    expect(await bytesOf(`mfa:{name:${name}}:networks`)).toBeLessThan(1024);
    expect(await bytesOf(`mfa:{name:${name}}:passwords`)).toBeLessThan(4096);
  });

  it('is bounded for a person with very many sessions', async () => {
    const userId = newId();
    for (let n = 0; n < 150; n += 1) {
      await state.registerSession(userId, aSession({ startedAt: NOW + n }), { now: NOW });
    }
    expect(await redis.hlen(`mfa:{user:${userId}}:sessions`)).toBe(100);
    expect(await bytesOf(`mfa:{user:${userId}}:sessions`)).toBeLessThan(40_000);
  });
});
