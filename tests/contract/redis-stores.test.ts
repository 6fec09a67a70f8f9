import { redisRecords, redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { describeRecordStore } from './record-store';
import { describeSessionStore } from './session-store';
import { describeStateStore } from './state-store';

const redis = connectRedis();
afterAll(() => redis.disconnect());

describe('records in Redis', () => {
  const records = redisRecords(redis);
  describeRecordStore(() => records);
});

describe('state in Redis', () => {
  const state = redisState(redis, { prefix: 'app-state' });
  describeStateStore(() => state);
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
