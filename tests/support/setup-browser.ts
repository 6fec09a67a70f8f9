import { findProgram } from './programs';
import { startSharedRedis } from './shared-redis';

export default async function setUpBrowser(): Promise<void> {
  await startSharedRedis();
  process.env['CHROMIUM_PATH'] = findProgram('chromium');
}
