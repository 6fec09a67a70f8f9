import { startSharedRedis } from './shared-redis';

export default async function setUpRedis(): Promise<void> {
  await startSharedRedis();
}
