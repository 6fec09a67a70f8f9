import { redisRecords } from '../support/records';
import { redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { anAuthenticator, newId, NOW } from './samples';
import { stateStoreContract } from '../../src/testing';
import { describeSessionStore } from './session-store';

const redis = connectRedis();
afterAll(() => redis.disconnect());

describe('records in Redis', () => {
  const records = redisRecords(redis);

  it('keep nothing of an authenticator that was removed, its secret least of all', async () => {
    const userId = newId();
    const used = { failures: 3, state: { lastAcceptedStep: 59_000_000 }, lastUsedAt: NOW, disabledAt: NOW };
    const app = anAuthenticator({ ...used, sealedSecret: 'sealed-and-removed' });
    const phone = anAuthenticator({ kind: 'sms' });
    await records.addAuthenticator(userId, app);
    await records.addAuthenticator(userId, phone);
    await records.removeAuthenticator(userId, app.id);
    const [key = ''] = await redis.keys(`*${userId}*`);
    const fields = Object.entries(await redis.hgetall(key))
      .flat()
      .join(' ');
    expect(fields).toContain(phone.id);
    expect(fields).not.toContain(app.id);
    expect(fields).not.toContain('sealed-and-removed');
  });
});

describe('state in Redis', () => {
  const state = redisState(redis, { prefix: 'app-state' });
  stateStoreContract({ describe, it, beforeEach, expect }, () => state);
  describeSessionStore(() => state);

  it('has an end of life on every key', async () => {
    const keys = await redis.keys('app-state:*');
    expect(keys.length).toBeGreaterThan(20);
    const endless = await Promise.all(
      keys.map(async (key) => ((await redis.pttl(key)) < 0 ? key : undefined)),
    );
    expect(endless.filter((key) => key !== undefined)).toEqual([]);
  });
});
