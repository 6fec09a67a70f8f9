import { createMfa, memoryStores } from 'express-mfa';
import { postgresRecords } from 'express-mfa/postgres';
import { redisRecords, redisState } from 'express-mfa/redis';
import { smtpEmail } from 'express-mfa/smtp';
import { twilioSms } from 'express-mfa/twilio';
import express from 'express';
import { Redis } from 'ioredis';
import nodemailer from 'nodemailer';
import { Pool } from 'pg';
import twilio from 'twilio';
import { codeIn, runCode } from '../../support/docs';
import { createHttpAgent } from '../../support/http-agent';
import { createLoginHost, CREDENTIALS } from '../../support/login-host';
import { visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal, TEST_KEY } from '../../support/portal';
import { createPostgresDatabase } from '../../support/postgres-database';
import { redisUrl } from '../../support/redis-database';
import { totpCode } from '../../support/totp';

/** Documented code, without its imports: a function body has none. */
function bodyIn(path: string, heading: string): string {
  const [code = ''] = codeIn(path, heading);
  return code.replaceAll(/^import .*\n/gm, '');
}

const users = { findById: () => undefined, list: async () => ({ users: [] }) };
const OPTIONS = { issuer: 'Acme', baseUrl: 'http://localhost', keys: [TEST_KEY], users };

describe('the code that sets up the package', () => {
  it('builds senders', async () => {
    const code = [bodyIn('docs/factors.md', 'Email'), bodyIn('docs/factors.md', 'Text messages')].join('\n');
    const env = {
      SMTP_URL: 'smtp://localhost:2525',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_FROM: '+15005550006',
    };
    const scope = { nodemailer, smtpEmail, twilio, twilioSms, process: { env } };
    const senders = await runCode(`${code}\nreturn { email, sms };`, scope);
    const mfa = createMfa({ ...OPTIONS, ...memoryStores(), ...(senders as object) });
    expect(senders).toMatchObject({
      email: { check: expect.any(Function) },
      sms: { readStatus: expect.any(Function) },
    });
    await mfa.close();
  });

  it('builds stores on Redis', async () => {
    const code = bodyIn('docs/storage.md', 'Two stores');
    const scope = { Redis, redisRecords, redisState, process: { env: { REDIS_URL: redisUrl() } } };
    const { redis, ...stores } = (await runCode(`${code}\nreturn { redis, records, state };`, scope)) as {
      readonly redis: Redis;
    } & Pick<Parameters<typeof createMfa>[0], 'records' | 'state'>;
    const mfa = createMfa({ ...OPTIONS, ...stores });
    expect(await mfa.policies.get('acme')).toMatchObject({ enabled: false });
    await mfa.close();
    redis.disconnect();
  });

  it('builds records in PostgreSQL', async () => {
    const code = bodyIn('docs/storage.md', 'Records in PostgreSQL');
    const environment = { DATABASE_URL: await createPostgresDatabase(), REDIS_URL: redisUrl() };
    const scope = { Redis, Pool, postgresRecords, redisState, process: { env: environment } };
    const built = await runCode(`${code}\nreturn { pool, redis, records, state };`, scope);
    const { pool, redis, ...stores } = built as {
      readonly pool: Pool;
      readonly redis: Redis;
    } & Pick<Parameters<typeof createMfa>[0], 'records' | 'state'>;
    const mfa = createMfa({ ...OPTIONS, ...stores });
    expect(await mfa.policies.get('acme')).toMatchObject({ enabled: false });
    const [query = ''] = codeIn('docs/storage.md', 'Records in PostgreSQL', 'sql');
    expect((await pool.query(query)).rows).toEqual([]);
    await mfa.close();
    redis.disconnect();
    await pool.end();
  });

  it('takes sessions, administrators’ pages and memberships', async () => {
    const memberships = bodyIn('docs/administrators.md', 'People in more than one organization');
    const directory = await runCode(`${memberships}\nreturn users;`, users);
    expect(directory).toHaveProperty('membershipsOf', expect.any(Function));
    const mfa = createMfa({ ...OPTIONS, ...memoryStores(), users: directory as typeof users });
    const app = express();
    await runCode(bodyIn('docs/sessions.md', 'Sessions'), { app, mfa });
    const nobody = () => [];
    const scope = { app, mfa, organizationsAdministeredBy: nobody, idsOfItsAdministrators: nobody };
    await runCode(bodyIn('docs/administrators.md', 'Administrators'), scope);
    await mfa.close();
  });

  it('exempts the account of a program', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await runCode(bodyIn('docs/recipes.md', 'API clients'), portal as unknown as Record<string, unknown>);
    expect((await visit(portal).logIn('sync')).body).toMatchObject({ outcome: 'signed-in' });
    await portal.mfa.close();
  });

  it('listens to events', async () => {
    const portal = createPortal();
    const log = { warn: jest.fn(), info: jest.fn() };
    await runCode(bodyIn('docs/events-and-errors.md', 'Events'), { mfa: portal.mfa, log });
    const { secret } = await plantApp(portal, 'ada');
    const ada = visit(portal);
    await ada.logIn('ada');
    const wrong = totpCode(secret, portal.clock.now()) === '000000' ? '000001' : '000000';
    await ada.postJson('/mfa/challenge', { code: wrong });
    expect(log.warn).toHaveBeenCalledWith(expect.objectContaining({ userId: 'ada' }));
    expect(log.info).toHaveBeenCalledWith(expect.objectContaining({ name: 'proof-rejected' }));
    const query = bodyIn('docs/events-and-errors.md', 'Stored events');
    expect(await runCode(`${query}\nreturn { events, nextCursor };`, portal as never)).toEqual({
      events: [],
    });
    await portal.mfa.close();
  });

  it('guards routes, and asks for a fresh proof', async () => {
    const showPayouts = (_req: express.Request, res: express.Response) => res.json({ payouts: [] });
    const code = [bodyIn('docs/guarding-routes.md', 'Guard'), bodyIn('docs/guarding-routes.md', 'Step-up')];
    const portal = createPortal({}, (app, mfa) => void runCode(code.join('\n'), { app, mfa, showPayouts }));
    const { secret } = await plantApp(portal, 'ada');
    const ada = visit(portal);
    await ada.logIn('ada');
    expect((await ada.getJson('/payouts')).status).toBe(401);
    await ada.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
    expect((await ada.getJson('/payouts')).body).toEqual({ payouts: [] });
    portal.clock.advance(300_001);
    expect((await ada.getJson('/payouts')).body).toMatchObject({
      outcome: 'challenge',
      because: 'authentication-too-old',
    });
    await portal.mfa.close();
  });

  it('signs in by a page of the host', async () => {
    const code = bodyIn('docs/recipes.md', 'Your own sign-in page');
    const host = createLoginHost({
      login: ({ app, passports }) => void runCode(code, { app, passport: passports }),
      options: { loginPath: '/login' },
    });
    const { secret } = await plantApp(host, 'ada');
    const agent = createHttpAgent(host.app);
    const sent = await agent.get('/reports', { 'sec-fetch-mode': 'navigate' });
    expect(sent.headers['location']).toMatch(/^\/login\?.*returnTo=%2Freports/);
    expect((await agent.post('/login', CREDENTIALS)).headers['location']).toMatch(/^\/mfa\/challenge/);
    const code2 = totpCode(secret, host.clock.now());
    expect((await agent.post('/mfa/challenge', { code: code2 })).headers['location']).toBe('/reports');
    await host.mfa.close();
  });

  it('seals every secret again', async () => {
    const log = jest.fn();
    const portal = createPortal({ directory: { list: async () => ({ users: [...portal.users.values()] }) } });
    await plantApp(portal, 'ada');
    await runCode(bodyIn('docs/operations.md', 'Rotate keys'), { mfa: portal.mfa, console: { log } });
    // Four people, and nothing that is sealed under an older key.
    expect(log).toHaveBeenLastCalledWith(4, 0);
    await portal.mfa.close();
  });
});
