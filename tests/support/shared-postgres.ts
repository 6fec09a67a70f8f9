import { startPostgresServer, type PostgresServer } from './postgres-server';

let shared: PostgresServer | undefined;

/** One server for a whole run of the tests; the workers inherit its address. */
export async function startSharedPostgres(): Promise<void> {
  if (shared !== undefined || process.env['TEST_POSTGRES_URL'] !== undefined) return;
  // Nothing is read again after the run: waiting for the disk would only cost time.
  shared = await startPostgresServer({ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' });
  process.env['TEST_POSTGRES_URL'] = `${shared.url}/postgres`;
}

export async function stopSharedPostgres(): Promise<void> {
  await shared?.stop();
  shared = undefined;
}
