import { startRedisServer, type RedisServer } from './redis-server';

let shared: RedisServer | undefined;

/** One server for a whole run of the tests; the workers inherit its address. */
export async function startSharedRedis(): Promise<void> {
  if (shared !== undefined || process.env['TEST_REDIS_URL'] !== undefined) return;
  // Nothing is read again after the run: waiting for the disk would only cost time.
  shared = await startRedisServer({ extraArguments: ['--appendfsync', 'no'] });
  process.env['TEST_REDIS_URL'] = shared.url;
}

export async function stopSharedRedis(): Promise<void> {
  await shared?.stop();
  shared = undefined;
}
