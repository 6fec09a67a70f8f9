import { randomBytes } from 'node:crypto';
import type { EmailSender, RecordStore, SmsSender, StateStore } from 'express-mfa';

const TIMEOUT_MS = 5000;

type Environment = Readonly<Record<string, string | undefined>>;

/** `MFA_KEY`, or a key that lives as long as the process. */
export function readKey({ MFA_KEY }: Environment): { readonly key: string; readonly isTemporary: boolean } {
  if (MFA_KEY !== undefined && MFA_KEY !== '') return { key: MFA_KEY, isTemporary: false };
  return { key: randomBytes(32).toString('base64'), isTemporary: true };
}

/** `TRUST_PROXY`: how many proxies stand in front of the app, or their addresses. */
export function readTrustProxy({ TRUST_PROXY }: Environment): number | string | undefined {
  if (TRUST_PROXY === undefined || TRUST_PROXY === '') return undefined;
  return /^\d+$/.test(TRUST_PROXY) ? Number(TRUST_PROXY) : TRUST_PROXY;
}

/** Everybody can read the password of the demo accounts, of which two are administrators. */
export function requireDemo({ NODE_ENV, DEMO_ACCOUNTS }: Environment): void {
  if (NODE_ENV !== 'production' || DEMO_ACCOUNTS === 'yes') return;
  throw new Error(
    'The demo accounts have a password that everybody knows. Put your own user table in place of example-app/user-table.ts, or set DEMO_ACCOUNTS=yes.',
  );
}

interface ConnectedStores {
  readonly records?: RecordStore;
  readonly state?: StateStore;
  disconnect(): void;
}

/**
 * Where to keep things: records in PostgreSQL at `DATABASE_URL`, and everything else, or everything, in Redis at `REDIS_URL`. What has
 * no address is kept in memory.
 */
export async function connectStores(environment: Environment): Promise<ConnectedStores> {
  const [redis, postgres] = await Promise.all([connectRedis(environment), connectPostgres(environment)]);
  return {
    ...redis,
    ...postgres,
    disconnect() {
      redis.disconnect();
      postgres.disconnect();
    },
  };
}

async function connectPostgres({ DATABASE_URL }: Environment): Promise<ConnectedStores> {
  if (DATABASE_URL === undefined || DATABASE_URL === '') return { disconnect: () => undefined };
  const [{ Pool }, { postgresRecords }] = await Promise.all([import('pg'), import('express-mfa/postgres')]);
  const pool = new Pool({ connectionString: DATABASE_URL, connectionTimeoutMillis: TIMEOUT_MS });
  pool.on('error', (error) => console.error(`PostgreSQL: ${error.message}`));
  const records = postgresRecords(pool);
  await records.migrate();
  return { records, disconnect: () => void pool.end() };
}

async function connectRedis({ REDIS_URL }: Environment): Promise<ConnectedStores> {
  if (REDIS_URL === undefined || REDIS_URL === '') return { disconnect: () => undefined };
  const [{ Redis }, { redisStores }] = await Promise.all([import('ioredis'), import('express-mfa/redis')]);
  // Without these a command waits for more than a minute while Redis is down.
  const redis = new Redis(REDIS_URL, {
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
  });
  redis.on('error', (error) => console.error(`Redis: ${error.message}`));
  return {
    ...redisStores(redis),
    disconnect: () => redis.disconnect(),
  };
}

/** How mail leaves: by `SMTP_URL`, or not at all. */
export async function connectEmail({ SMTP_URL, SMTP_FROM }: Environment): Promise<EmailSender | undefined> {
  if (SMTP_URL === undefined || SMTP_URL === '') return undefined;
  const [{ createTransport }, { smtpEmail }] = await Promise.all([
    import('nodemailer'),
    import('express-mfa/smtp'),
  ]);
  const transport = createTransport({
    url: SMTP_URL,
    connectionTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return smtpEmail({ transport, from: SMTP_FROM ?? 'Acme Portal <no-reply@acme.example>' });
}

/** How text messages leave: by Twilio, or not at all. */
export async function connectSms(environment: Environment): Promise<SmsSender | undefined> {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = environment;
  if (accountSid === undefined || authToken === undefined || from === undefined) return undefined;
  const [{ default: twilio }, { twilioSms }] = await Promise.all([
    import('twilio'),
    import('express-mfa/twilio'),
  ]);
  return twilioSms({ client: twilio(accountSid, authToken, { timeout: TIMEOUT_MS }), from, authToken });
}
