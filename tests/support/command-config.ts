import { Redis } from 'ioredis';
import { createTransport } from 'nodemailer';
import { Pool } from 'pg';
import { createMfa } from '../../src/index';
import { postgresRecords } from '../../src/postgres';
import { redisRecords, redisState } from '../../src/redis';
import { smtpEmail } from '../../src/smtp';
import type { CommandSetup } from './command-line';

// The mfa.config file of the tests of the command. It finds its stores in the environment, as that of an app does.

export default async function openMfa() {
  const setup = JSON.parse(process.env['COMMAND_SETUP'] ?? '') as CommandSetup;
  console.log('A config file may log what it likes.');
  const redis = new Redis(setup.redisUrl, { maxRetriesPerRequest: 1 });
  const patient = { timeoutMs: 30_000 };
  const pool = setup.databaseUrl === undefined ? null : new Pool({ connectionString: setup.databaseUrl });
  const mfa = createMfa({
    issuer: 'Acme Portal',
    baseUrl: 'http://localhost',
    viewsPath: process.env['VIEWS'] ?? '',
    keys: [...setup.keys],
    records: pool === null ? redisRecords(redis, patient) : postgresRecords(pool, patient),
    state: redisState(redis, patient),
    email: smtpEmail({ transport: createTransport(setup.smtpUrl), from: 'mfa@acme.example' }),
    users: {
      findById: (id) => setup.users.find((user) => user.id === id),
      list: async ({ organizationId }) => ({
        users: setup.users.filter((user) => user.organizationId === organizationId),
      }),
      membershipsOf: (user) => setup.memberships?.[user.id] ?? [],
    },
  });
  async function close(): Promise<void> {
    redis.disconnect();
    await pool?.end();
  }
  return { mfa, redis, close };
}
