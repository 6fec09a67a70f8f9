import { redisRecords } from '../support/records';
import { connectRedis } from '../support/redis-client';
import { startRedisServer } from '../support/redis-server';

describe('the settings of the Redis that holds the records', () => {
  it('have no weakness where nothing is dropped or lost', async () => {
    const redis = connectRedis();
    expect(await redisRecords(redis).findWeaknesses()).toEqual([]);
    redis.disconnect();
  });

  it('are named one by one, with the fix', async () => {
    const server = await startRedisServer({ appendOnly: false, evictionPolicy: 'allkeys-lru' });
    const redis = connectRedis(server.url);
    expect(await redisRecords(redis).findWeaknesses()).toEqual([
      expect.stringMatching(/`allkeys-lru`: set it to `noeviction`\.$/),
      expect.stringMatching(/`appendonly` is `no`: set it to `yes`\.$/),
    ]);
    redis.disconnect();
    await server.stop();
  });

  it('are read another way where Redis refuses CONFIG', async () => {
    for (const appendOnly of [true, false]) {
      const extraArguments = ['--rename-command', 'CONFIG', ''];
      const server = await startRedisServer({ appendOnly, extraArguments });
      const redis = connectRedis(server.url);
      expect(await redisRecords(redis).findWeaknesses()).toEqual(
        appendOnly ? [] : [expect.stringMatching(/`appendonly` is `no`/)],
      );
      redis.disconnect();
      await server.stop();
    }
  });

  it.each(['maxmemory-policy', 'appendonly'])(
    'are read another way where Redis shows everything but %s',
    async (hidden) => {
      const redis = connectRedis();
      const call = redis.call.bind(redis) as (name: string, ...args: string[]) => Promise<unknown>;
      let isInfoShown = true;
      redis.call = async (name: string, ...args: unknown[]) => {
        if (name === 'config' && args[1] === hidden) return [];
        return name === 'info' && !isInfoShown ? '' : call(name, ...args.map(String));
      };
      expect(await redisRecords(redis).findWeaknesses()).toEqual([]);
      isInfoShown = false;
      expect(await redisRecords(redis).findWeaknesses()).toEqual([expect.stringContaining('does not show')]);
      redis.disconnect();
    },
  );

  it('are read from CONFIG where Redis refuses INFO', async () => {
    const server = await startRedisServer({ extraArguments: ['--rename-command', 'INFO', ''] });
    const redis = connectRedis(server.url, { enableReadyCheck: false });
    expect(await redisRecords(redis).findWeaknesses()).toEqual([]);
    redis.disconnect();
    await server.stop();
  });

  it('are to be checked by hand where Redis does not show them', async () => {
    const renamed = ['CONFIG', 'INFO'].flatMap((command) => ['--rename-command', command, '']);
    const server = await startRedisServer({ extraArguments: renamed });
    // ioredis asks INFO itself before it is ready.
    const redis = connectRedis(server.url, { enableReadyCheck: false });
    expect(await redisRecords(redis).findWeaknesses()).toEqual([
      expect.stringContaining('does not show its settings'),
    ]);
    redis.disconnect();
    await server.stop();
  });
});
