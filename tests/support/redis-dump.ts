import type { Redis } from 'ioredis';

/** Everything that a Redis database holds, key by key, as text. */
export async function dumpRedis(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const keys = await redis.keys('*');
  const held = await Promise.all(
    keys.map(async (key) => [key, `${key} ${JSON.stringify(await valueOf(redis, key))}`] as const),
  );
  return new Map(held);
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === 'hash') return redis.hgetall(key);
  if (type === 'list') return redis.lrange(key, 0, -1);
  if (type === 'set') return redis.smembers(key);
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  if (type === 'stream') return redis.xrange(key, '-', '+');
  return redis.get(key);
}
