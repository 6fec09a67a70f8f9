import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The address of a new, empty database on the run's PostgreSQL. To start a server of its own takes seconds. */
export async function createPostgresDatabase(): Promise<string> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (server === undefined)
    throw new Error('No PostgreSQL for this project: see globalSetup in jest.config.ts.');
  const client = new Client({ connectionString: server });
  const name = `test_${randomBytes(8).toString('hex')}`;
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return new URL(`/${name}`, server).href;
}
