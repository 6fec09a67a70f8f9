import { stopSharedRedis } from './shared-redis';

export default async function tearDown(): Promise<void> {
  await stopSharedRedis();
}
