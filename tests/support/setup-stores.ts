import { findProgram } from './programs';
import { startSharedRedis } from './shared-redis';

export default async function setUpStores(): Promise<void> {
  await startSharedRedis();
  // Installed here if it is missing: two workers that installed it at once would be in each other's way.
  process.env['POSTGRES'] = findProgram('postgres');
}
