import { redisRecords } from '../../support/records';
import { countMembers, listMembers, MEMBER_FILTERS } from '../../../src/flows/admin/member-list';
import { redisState } from '../../../src/redis';
import { createFlowWorld, createRoster, manyUsers } from '../../support/admin-flows';
import { connectRedis } from '../../support/redis-client';
import { startRedisProxy } from '../../support/redis-proxy';

describe('what a page of members costs', () => {
  it.each([200, 5000])('is at most three round trips among %i members, under every filter', async (size) => {
    const proxy = await startRedisProxy();
    const redis = connectRedis(proxy.url);
    const options = { prefix: `cost-${size}`, timeoutMs: 20_000 };
    const stores = { records: redisRecords(redis, options), state: redisState(redis, options) };
    const world = createFlowWorld({ ...stores, roster: createRoster(manyUsers(size)) });
    await world.savePolicy({ enabled: true, enrollment: 'required', skips: 3 });
    await countMembers(world.context, 'acme');
    await world.settled();
    expect(world.errors).toEqual([]);
    for (const filter of MEMBER_FILTERS) {
      const query = { organizationId: 'acme', filter, limit: 50 };
      const page = await proxy.measure(() => listMembers(world.context, query));
      expect(page.roundTrips).toBeLessThanOrEqual(3);
      expect(page.commands.length).toBeLessThan(60);
      const withCounts = await proxy.measure(() =>
        Promise.all([listMembers(world.context, query), countMembers(world.context, 'acme')]),
      );
      expect(withCounts.roundTrips).toBeLessThanOrEqual(3);
    }
    redis.disconnect();
    await proxy.stop();
  });
});
