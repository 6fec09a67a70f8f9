import express from 'express';
import { createTransport } from 'nodemailer';
import passport from 'passport';
import type { SetupFinding } from '../../../src/flows/context/check-setup';
import { createMfa, memoryRecords, memoryState, type MfaOptions } from '../../../src/index';
import { redisRecords, redisState } from '../../../src/redis';
import { smtpEmail } from '../../../src/smtp';
import { twilioSms } from '../../../src/twilio';
import { createHttpAgent } from '../../support/http-agent';
import { enrollApp } from '../../support/member';
import { PASSWORD, TEST_KEY, createPortal, type Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { startRedisProxy } from '../../support/redis-proxy';
import { startRedisServer } from '../../support/redis-server';
import { startSmtpInbox } from '../../support/smtp-inbox';
import { startTwilioApi } from '../../support/twilio-api';

const redis = connectRedis();
const stores = () => ({ records: redisRecords(redis), state: redisState(redis) });
const machineClock = { now: () => Date.now() };
interface Person {
  readonly id: string;
}
const ada: Person = { id: 'ada' };
const overTls = { baseUrl: 'https://portal.acme.example', clock: machineClock };
const { NODE_ENV } = process.env;

afterEach(() => {
  process.env['NODE_ENV'] = NODE_ENV;
});
afterAll(() => redis.disconnect());

/** An app as it runs in production: without the outbox, which refuses to be made there. */
function startInProduction(change: Partial<MfaOptions<Person>> = {}) {
  process.env['NODE_ENV'] = 'production';
  const errors: unknown[] = [];
  const mfa = createMfa<Person>({
    issuer: 'Acme Portal',
    keys: [TEST_KEY],
    ...overTls,
    records: memoryRecords(),
    state: memoryState(),
    email: { send: () => Promise.resolve() },
    onError: (error) => errors.push(error),
    users: { findById: () => ada },
    ...change,
  });
  const passports = new passport.Passport();
  passports.use(mfa.strategy(async () => ada));
  passports.serializeUser((_user, done) => done(null, ada.id));
  passports.deserializeUser((_id, done) => done(null, ada));
  const app = express();
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  app.use('/mfa', mfa.pages());
  async function logIn() {
    const agent = createHttpAgent(app);
    return agent.postJson('/mfa/login', { username: 'ada', password: PASSWORD });
  }
  return { mfa, app, errors, logIn };
}

const inShort = (findings: readonly SetupFinding[]) => findings.map(({ part, level }) => `${part}: ${level}`);

async function findingsOf(
  portal: { readonly mfa: Pick<Portal['mfa'], 'check' | 'close'> },
  options?: Parameters<Portal['mfa']['check']>[0],
): Promise<string[]> {
  const { ok, findings } = await portal.mfa.check(options);
  expect(ok).toBe(findings.every(({ level }) => level !== 'error'));
  expect(findings.every(({ message }) => /[a-z].*[.]$/.test(message))).toBe(true);
  await portal.mfa.close();
  return inShort(findings);
}

describe('mfa.check()', () => {
  it('finds nothing where everything is as it should be', async () => {
    const [inbox, api] = await Promise.all([startSmtpInbox(), startTwilioApi()]);
    const transport = createTransport({ url: inbox.url, ignoreTLS: true } as never);
    const portal = startInProduction({
      ...stores(),
      email: smtpEmail({ transport, from: 'no-reply@acme.example' }),
      sms: twilioSms({ client: api.createClient(), from: '+15005550001' }),
    });
    portal.app.set('trust proxy', 1);
    expect(await portal.mfa.check({ app: portal.app })).toEqual({ ok: true, findings: [] });
    await Promise.all([inbox.down(), api.fail()]);
    expect(await findingsOf(portal, { app: portal.app })).toEqual(['email: error', 'sms: error']);
    transport.close();
    await Promise.all([inbox.stop(), api.stop()]);
  });

  it('bounds how long it waits for a mail server that hangs', async () => {
    const hanging = { send: () => Promise.resolve(), check: () => new Promise<void>(() => undefined) };
    const portal = createPortal({ ...overTls, ...stores(), email: hanging, emailTimeoutSeconds: 0.05 });
    expect(await findingsOf(portal)).toEqual(['email: error']);
  });

  it('says that memory forgets: a warning, and in production an error', async () => {
    expect(await findingsOf(createPortal(overTls))).toEqual(['records: warning', 'state: warning']);
    expect(await findingsOf(startInProduction())).toEqual(['records: error', 'state: warning']);
    const accepted = startInProduction({ dangerouslyAcceptVolatileRecords: true });
    expect(await findingsOf(accepted)).toEqual(['records: warning', 'state: warning', 'options: warning']);
  });

  it('names each setting of Redis that loses records', async () => {
    const server = await startRedisServer({ appendOnly: false, evictionPolicy: 'allkeys-lru' });
    const weak = connectRedis(server.url);
    const portal = createPortal({ ...overTls, records: redisRecords(weak), state: redisState(weak) });
    expect(await findingsOf(portal)).toEqual(['records: warning', 'records: warning']);
    weak.disconnect();
    await server.stop();
  });

  it('names every option that weakens something', async () => {
    const portal = createPortal({
      ...overTls,
      ...stores(),
      baseUrl: 'http://portal.acme.example',
      dangerouslyAllowInsecureBaseUrl: true,
      dangerouslyDisablePasswordThrottle: true,
    });
    const { findings } = await portal.mfa.check();
    expect(inShort(findings)).toEqual(['cookies: error', 'options: warning', 'options: warning']);
    expect(findings.map(({ message }) => message).join()).toMatch(/InsecureBaseUrl.*PasswordThrottle/);
    await portal.mfa.close();
  });

  it('knows when a proxy makes cookies or addresses wrong', async () => {
    const portal = createPortal({ ...overTls, ...stores() });
    expect(inShort((await portal.mfa.check({ app: portal.app })).findings)).toEqual(['cookies: warning']);
    portal.app.set('trust proxy', true);
    expect(inShort((await portal.mfa.check({ app: portal.app })).findings)).toEqual(['cookies: error']);
    portal.app.set('trust proxy', 'loopback');
    expect(await findingsOf(portal, { app: portal.app })).toEqual([]);
  });

  it.each(['https://portal.acme.example', 'http://localhost'])(
    'notices a proxy that Express does not know of, and says so once: %s',
    async (baseUrl) => {
      const portal = createPortal({ ...overTls, ...stores(), baseUrl });
      const told = async () => {
        const { ok, findings } = await portal.mfa.check({ app: portal.app });
        expect(ok).toBe(true);
        return findings.filter(({ message }) => message.includes('X-Forwarded-For arrives'));
      };
      await createHttpAgent(portal.app).get('/mfa/login');
      expect([await told(), portal.errors]).toEqual([[], []]);
      for (let n = 0; n < 3; n += 1)
        await createHttpAgent(portal.app).get('/plain', { 'x-forwarded-for': '203.0.113.5' });
      expect(await told()).toMatchObject([{ part: 'cookies', level: 'warning' }]);
      expect(portal.errors).toEqual([
        expect.objectContaining({ message: expect.stringMatching(/trust proxy/) }),
      ]);
      portal.app.set('trust proxy', 1);
      expect(await told()).toEqual([]);
      await portal.mfa.close();
    },
  );

  it('takes plain http for an error in production, and for a warning on the local machine', async () => {
    const local = { ...stores(), clock: machineClock };
    expect(await findingsOf(createPortal(local))).toEqual(['cookies: warning']);
    const served = startInProduction({ ...stores(), baseUrl: 'http://localhost' });
    expect(await findingsOf(served)).toEqual(['cookies: error']);
  });

  it.each([
    [-60_000, ['clock: error']],
    [-10_000, ['clock: warning']],
    [10_000, ['clock: warning']],
    [60_000, ['clock: error']],
  ])('compares its clock with that of Redis: %d ms', async (off, findings) => {
    const clock = { now: () => Date.now() + off };
    expect(await findingsOf(createPortal({ ...overTls, ...stores(), clock }))).toEqual(findings);
  });

  it('answers with Redis down, and says so', async () => {
    const proxy = await startRedisProxy();
    const cut = connectRedis(proxy.url);
    const portal = createPortal({ ...overTls, records: redisRecords(cut), state: redisState(cut) });
    await proxy.refuse();
    expect(await findingsOf(portal, { userIds: ['ada'] })).toEqual([
      'keys: error',
      'records: error',
      'state: error',
    ]);
    cut.disconnect();
    await proxy.stop();
  });

  it('tries the secrets of the people named against the keys', async () => {
    const portal = createPortal({ ...stores(), ...overTls, baseUrl: 'http://localhost' });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await enrollApp(
      { ...portal, clock: { ...portal.clock, ...machineClock, advance: () => undefined } },
      'ada',
    );
    expect(inShort((await portal.mfa.check({ userIds: ['ada', 'mary'] })).findings)).toEqual([
      'cookies: warning',
    ]);
    const other = createPortal({
      ...stores(),
      ...overTls,
      keys: ['tY3n0Zq6Y1m8eKcXq5vQ0b7sJ2uW4rLhD9fGaPzNxE0='],
    });
    const { findings } = await other.mfa.check({ userIds: ['ada', 'mary'] });
    expect(findings).toEqual([
      { part: 'keys', level: 'error', message: expect.stringContaining('1 of 1 secrets') },
    ]);
    await portal.mfa.close();
    await other.mfa.close();
  });
});

describe('records that may be lost', () => {
  const local = { baseUrl: 'http://localhost' };

  it('are refused in production: nobody signs in', async () => {
    const { logIn, errors, mfa } = startInProduction(local);
    const answer = await logIn();
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('memory');
    expect(answer.headers['set-cookie']).toBeUndefined();
    await expect(mfa.policies.get('acme')).rejects.toMatchObject({
      code: 'records-not-durable',
      status: 503,
    });
    expect(errors).toContainEqual(expect.objectContaining({ code: 'records-not-durable' }));
    await mfa.close();
  });

  it('are taken in production when that is said by name', async () => {
    const { logIn, mfa } = startInProduction({ ...local, dangerouslyAcceptVolatileRecords: true });
    expect((await logIn()).body).toMatchObject({ outcome: 'signed-in' });
    await mfa.close();
  });

  it('are taken as soon as the settings of Redis are put right, without a new start', async () => {
    const server = await startRedisServer({ appendOnly: false });
    const weak = connectRedis(server.url);
    const { logIn, mfa } = startInProduction({
      ...local,
      records: redisRecords(weak),
      state: redisState(weak),
    });
    expect((await logIn()).status).toBe(503);
    await weak.config('SET', 'appendonly', 'yes');
    expect((await logIn()).body).toMatchObject({ outcome: 'signed-in' });
    await mfa.close();
    weak.disconnect();
    await server.stop();
  });
});
