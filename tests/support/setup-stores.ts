import { findProgram } from './programs';
import { startSharedPostgres } from './shared-postgres';
import { startSharedRedis } from './shared-redis';

export default async function setUpStores(): Promise<void> {
  // Installed here if it is missing: two workers that installed it at once would be in each other's way.
  process.env['POSTGRES'] = findProgram('postgres');
  await Promise.all([startSharedRedis(), startSharedPostgres()]);
}
