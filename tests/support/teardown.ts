import { stopSharedPostgres } from './shared-postgres';
import { stopSharedRedis } from './shared-redis';

export default async function tearDown(): Promise<void> {
  await Promise.all([stopSharedRedis(), stopSharedPostgres()]);
}
