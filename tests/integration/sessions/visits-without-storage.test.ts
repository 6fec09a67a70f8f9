import { Agent, get } from 'node:http';
import type { Express } from 'express';
import passport from 'passport';
import { createMfa } from '../../../src/index';
import type { Mfa } from '../../../src/index';
import { createHttpAgent } from '../../support/http-agent';
import { startLoopbackServer } from '../../support/loopback-server';
import { expressMajors } from '../../support/majors';
import { PASSWORD, TEST_KEY } from '../../support/portal';
import { openRedisStores } from '../../support/store-kinds';

const ada = { id: 'ada', username: 'ada', email: 'ada@acme.example' };

const { redis, records, state, close } = openRedisStores();
afterAll(close);

function createHost(
  build: (typeof expressMajors)[number]['express'],
  options: { readonly loginPath?: string } = {},
): { readonly app: Express; readonly mfa: Mfa<typeof ada> } {
  const mfa = createMfa<typeof ada>({
    issuer: 'Shop',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    records,
    state,
    users: { findById: () => ada },
    email: { send: async () => undefined },
    defaultPolicy: { enabled: true, enrollment: 'required' },
    ...options,
  });
  const passports = new passport.Passport();
  passports.use(mfa.strategy(async (_username, password) => password === PASSWORD && ada));
  passports.serializeUser((_user, done) => done(null, ada.id));
  passports.deserializeUser((_id, done) => done(null, ada));
  const app = build();
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  app.use('/mfa', mfa.pages());
  app.get('/newsletter', (req, res) => {
    res.json({ csrfToken: mfa.csrfToken(req), again: mfa.csrfToken(req) });
  });
  app.get('/left', (req, res) => {
    res.json({ csrfToken: mfa.csrfToken(Object.assign(req, { user: null }) as unknown as typeof req) });
  });
  app.post('/newsletter', build.urlencoded({ extended: false }), mfa.requireCsrfToken(), (_req, res) => {
    res.json({ subscribed: true });
  });
  app.use(mfa.guard());
  app.get('/', (_req, res) => res.json({ in: true }));
  return { app, mfa };
}

function visitTimes(url: string, times: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const one = () =>
    new Promise<void>((resolve, reject) => {
      get(url, { agent, headers: { accept: 'text/html' } }, (res) => {
        res.resume().on('end', resolve).on('error', reject);
      }).on('error', reject);
    });
  const visits = Array.from({ length: times }, one);
  return Promise.all(visits).then(() => agent.destroy());
}

/** A page that stores something does so with each visit; many at once would also show a key that is only left under load. */
const VISITS = 1000;

describe.each(expressMajors)('on Express $major', ({ express: build }) => {
  const { app, mfa } = createHost(build);
  beforeEach(async () => {
    await mfa.settled();
    await redis.flushdb();
  });
  afterAll(() => mfa.close());

  it(`${VISITS} visits leave no key behind`, async () => {
    const server = await startLoopbackServer(app);
    try {
      await visitTimes(`${server.url}/mfa/login`, VISITS / 2);
      for (const path of ['/', '/mfa/state', '/mfa/challenge', '/mfa/nothing', '/newsletter']) {
        await visitTimes(server.url + path, VISITS / 10);
      }
    } finally {
      await server.close();
    }
    await mfa.settled();
    expect(await redis.keys('*')).toEqual([]);
  });

  it('visits to a guarded page that leads to the sign-in page of the host leave none either', async () => {
    const own = createHost(build, { loginPath: '/sign-in' });
    for (const path of ['/', '/reports?year=2026', '/mfa/challenge']) {
      const sent = await createHttpAgent(own.app).get(path);
      expect(sent.headers['location']).toMatch(/^\/sign-in\?returnTo=/);
    }
    await own.mfa.close();
    expect(await redis.keys('*')).toEqual([]);
  });

  it('a form shown after a log-out, for which some versions of Passport note null as the user, leaves none', async () => {
    expect((await createHttpAgent(app).getJson('/left')).body.csrfToken).toMatch(/./);
    expect(await redis.keys('*')).toEqual([]);
  });

  it('a right password begins a session, and a wrong one does not', async () => {
    const identity = createHttpAgent(app);
    await identity.get('/mfa/login');
    const wrong = await identity.post('/mfa/login', { username: 'ada', password: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(identity.cookie('session')).toBeUndefined();
    const right = await identity.post('/mfa/login', { username: 'ada', password: PASSWORD });
    expect([right.status, right.headers['location']]).toEqual([303, '/mfa/enroll']);
    expect(identity.cookie('session')).toBeDefined();
  });

  it('a form of the host for visitors carries a token that needs no session', async () => {
    const identity = createHttpAgent(app);
    const page = await identity.getJson('/newsletter');
    expect(page.body.again).toBe(page.body.csrfToken);
    expect((await identity.post('/newsletter')).body).toEqual({ subscribed: true });
    expect((await identity.post('/newsletter', { _csrf: 'guessed' })).status).toBe(403);
    expect((await createHttpAgent(app).post('/newsletter', { _csrf: page.body.csrfToken })).status).toBe(403);
    expect(identity.cookie('session')).toBeUndefined();
    expect(await redis.dbsize()).toBe(0);
  });
});
