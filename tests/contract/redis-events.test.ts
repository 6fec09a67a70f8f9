import { redisRecords } from '../support/records';
import { connectRedis } from '../support/redis-client';
import { startRedisProxy } from '../support/redis-proxy';
import { KEEP, NOW, anEvent, newId } from './samples';

describe('a filter that few events match', () => {
  it('reads a bounded part of the log for a page, and finds every match by going on', async () => {
    const proxy = await startRedisProxy();
    const redis = connectRedis(proxy.url);
    const records = redisRecords(redis, { timeoutMs: 30_000 });
    const organizationId = newId();
    const keep = { ...KEEP, maxCount: 20_000 };
    const report = (n: number) => {
      const userId = n === 3 || n === 11_000 ? 'rare' : 'often';
      return records.appendEvents([anEvent({ organizationId, userId, at: NOW + n })], keep);
    };
    for (let n = 0; n < 12_000; n += 2000)
      await Promise.all(Array.from({ length: 2000 }, (_, more) => report(n + more)));
    const found: number[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const query = {
        organizationId,
        userIds: ['rare'],
        limit: 10,
        ...(cursor === undefined ? {} : { cursor }),
      };
      const page = await records.listEvents(query);
      found.push(...page.events.map(({ at }) => at - NOW));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(found).toEqual([11_000, 3]);
    expect(pages).toBe(3);
    const first = await proxy.measure(() =>
      records.listEvents({ organizationId, userIds: ['rare'], limit: 10 }),
    );
    expect(first.commands).toHaveLength(10);
    redis.disconnect();
    await proxy.stop();
  });
});
