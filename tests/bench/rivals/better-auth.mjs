import { createHmac } from 'node:crypto';
import { redisStorage } from '@better-auth/redis-storage';
import { betterAuth } from 'better-auth';
import { symmetricEncrypt } from 'better-auth/crypto';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { twoFactor } from 'better-auth/plugins';
import express from 'express';
import { Redis } from 'ioredis';
import { cheapHash, COUNT, emailOf, listen, PASSWORD, totpKeyOf } from './people.mjs';

// better-auth with twoFactor, users in SQLite in memory, sessions in Redis by its own secondary storage. Its limiter is
// off, since it would end the load after three logins.

/** SQLite of Node, or better-sqlite3 where Node has none. */
async function openDatabase() {
  if (process.env.SQLITE !== 'better-sqlite3')
    return new (await import('node:sqlite')).DatabaseSync(':memory:');
  return new (await import('better-sqlite3')).default(':memory:');
}

const database = await openDatabase();
const options = {
  appName: 'bench',
  baseURL: 'http://127.0.0.1',
  trustedOrigins: ['http://127.0.0.1'],
  secret: 'bench-secret-bench-secret-bench-secret-32',
  database,
  telemetry: { enabled: false },
  logger: { level: 'error' },
  secondaryStorage: redisStorage({ client: new Redis(process.env.REDIS_URL) }),
  emailAndPassword: {
    enabled: true,
    ...(process.env.HASHING === 'scrypt'
      ? {}
      : {
          password: {
            hash: async (password) => cheapHash(password),
            verify: async ({ hash, password }) => cheapHash(password) === hash,
          },
        }),
  },
  rateLimit: { enabled: false },
  plugins: [twoFactor()],
};
const auth = betterAuth(options);
const { runMigrations } = await getMigrations(options);
await runMigrations();
const { secretConfig, password } = await auth.$context;
const passwordHash = await password.hash(PASSWORD);
const backupCodes = await symmetricEncrypt({ key: secretConfig, data: '["aaaaa-bbbbb"]' });
const people = await Promise.all(
  Array.from({ length: COUNT }, async (_, index) => ({
    index,
    // It makes codes from the text of its secret.
    secret: await symmetricEncrypt({ key: secretConfig, data: totpKeyOf(index).toString('hex') }),
  })),
);
const now = new Date().toISOString();
const user = database.prepare(
  'INSERT INTO user(id,name,email,emailVerified,createdAt,updatedAt,twoFactorEnabled) VALUES(?,?,?,1,?,?,1)',
);
const account = database.prepare(
  "INSERT INTO account(id,accountId,providerId,userId,password,createdAt,updatedAt) VALUES(?,?,'credential',?,?,?,?)",
);
const factor = database.prepare(
  'INSERT INTO twoFactor(id,secret,backupCodes,userId,verified,failedVerificationCount) VALUES(?,?,?,?,1,0)',
);
database.exec('BEGIN');
for (const { index, secret } of people) {
  const id = `u${index}`;
  user.run(id, `User ${index}`, emailOf(index), now, now);
  account.run(id, id, id, passwordHash, now, now);
  factor.run(id, secret, backupCodes, id);
}
database.exec('COMMIT');

const app = express();
app.disable('x-powered-by').set('etag', false);
app.all('/api/auth/*splat', toNodeHandler(auth));
/** Signs anybody in at once: the rows about sessions have thousands of them, and its whole login takes milliseconds. */
app.post('/sign-in', express.json(), async (req, res) => {
  const { internalAdapter, authCookies, secret } = await auth.$context;
  const { user } = await internalAdapter.findUserByEmail(req.body.email);
  const { token } = await internalAdapter.createSession(user.id);
  const signature = createHmac('sha256', secret).update(token).digest('base64');
  res.cookie(authCookies.sessionToken.name, `${token}.${signature}`).json({ ok: true });
});
app.get('/protected', async (req, res) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
  if (!session) return res.status(401).json({ error: 'login' });
  res.json({ ok: true, user: session.user.email });
});
listen(app);
