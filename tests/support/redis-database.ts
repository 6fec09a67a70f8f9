/**
 * The address of this test worker's own database on the shared Redis. Each file starts with it empty.
 * Files run in parallel, so nothing but this database may be touched.
 */
export function redisUrl(): string {
  const server = process.env['TEST_REDIS_URL'];
  if (server === undefined) throw new Error('No Redis for this project: see globalSetup in jest.config.ts.');
  return `${server}/${process.env['JEST_WORKER_ID'] ?? '1'}`;
}
