import { memoryStores } from '../../support/records';
import express from 'express';
import passport from 'passport';
import request from 'supertest';
import type { Response } from 'supertest';
import { createMfa, memoryState, type StateStore } from 'express-mfa';
import { giveApp } from '../../support/given-app';
import { createLoginHost } from '../../support/login-host';
import { visit } from '../../support/member';
import { textOf } from '../../support/page-text';
import { createPortal, PASSWORD, TEST_KEY } from '../../support/portal';
import { openSessionHost } from '../../support/session-host';

const HOUR = 3_600_000;

/** How long the session cookie of an answer lasts, in whole seconds; null where it sets none. */
function cookieSeconds({ headers }: Response): number | null {
  const cookies = (headers['set-cookie'] ?? []) as unknown as readonly string[];
  const ends = cookies.map((cookie) => /^session=[^;]+;.*\bExpires=([^;]+)/.exec(cookie)?.[1]);
  const end = ends.find((one) => one !== undefined);
  return end === undefined ? null : Math.round((Date.parse(end) - Date.now()) / 1000);
}

const aboutSeconds = (seconds: number) => ({
  asymmetricMatch: (given: unknown) => typeof given === 'number' && Math.abs(given - seconds) < 60,
});

async function openPortal() {
  const portal = createPortal();
  const policy = { enabled: true, enrollment: 'optional', sessionDurationSeconds: 8 * 3600 } as const;
  await portal.mfa.policies.save('acme', policy);
  return portal;
}

describe('a session', () => {
  it('is not begun for a visitor who only opens a page', async () => {
    const portal = await openPortal();
    expect(cookieSeconds(await visit(portal).get('/mfa/login'))).toBeNull();
  });

  it('of a pending login lasts longer than the login', async () => {
    const portal = await openPortal();
    await giveApp(portal, 'ada');
    const half = await visit(portal).logIn('ada');
    expect(half.body).toMatchObject({ outcome: 'challenge' });
    expect(cookieSeconds(half)).toEqual(aboutSeconds(7200));
  });

  it('of a signed-in person ends as the policy says, with one factor or two', async () => {
    const portal = await openPortal();
    const [ada, mary] = [visit(portal), visit(portal)];
    const app = await giveApp(portal, 'ada');
    await ada.logIn('ada');
    const proven = await ada.postJson('/mfa/challenge', { code: app.nextCode() });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    expect(cookieSeconds(proven)).toEqual(aboutSeconds(8 * 3600));
    expect(cookieSeconds(await mary.logIn('mary'))).toEqual(aboutSeconds(8 * 3600));
  });

  it('of the host keeps the cookie that the host gave it', async () => {
    const host = openSessionHost({ ...memoryStores(), sessions: 'of the host' });
    const browser = host.visit();
    await browser.getJson('/inside');
    const signedIn = await browser.send(`/in/${host.addUser().id}`);
    const cookies = (signedIn.headers['set-cookie'] ?? []) as unknown as readonly string[];
    expect(cookies.filter((cookie) => cookie.startsWith('session='))).toEqual([
      expect.not.stringContaining('Expires'),
    ]);
    await host.mfa.close();
  });

  it('that was copied ends no other session of its owner when somebody else signs in', async () => {
    const host = openSessionHost({ ...memoryStores(), sessions: 'ours' });
    const [owner, other] = [host.addUser(), host.addUser()];
    const [copied, unseen] = [host.visit(), host.visit()];
    await copied.send(`/plant/${owner.id}`);
    await copied.getJson('/inside');
    await copied.send('/copy');
    await unseen.send(`/plant/${owner.id}`);
    await copied.send(`/in/${other.id}`);
    await host.mfa.settled();
    expect((await unseen.getJson('/inside')).status).toBe(200);
    await host.mfa.close();
  });

  it('is nobody’s where it could not be listed', async () => {
    const memory = memoryState();
    let isDown = true;
    const state: StateStore = {
      ...memory,
      async registerSession(...given) {
        if (isDown) throw new Error('The store lost its connection.');
        return memory.registerSession(...given);
      },
    };
    const portal = createPortal({ state });
    const mary = visit(portal);
    expect((await mary.post('/sso/mary')).status).toBe(500);
    expect((await mary.getJson('/whoami')).body).toEqual({ authenticated: false, id: null });
    isDown = false;
    await mary.post('/sso/mary');
    expect((await mary.getJson('/whoami')).body).toEqual({ authenticated: true, id: 'mary' });
  });

  it.each(['no', 'yes'])(
    'that the host began ends as the policy says, with keepSessionInfo: %s',
    async (keep) => {
      const portal = await openPortal();
      const linus = visit(portal);
      await linus.get('/mfa/login');
      expect(cookieSeconds(await linus.post(`/sso/linus?keep=${keep}`))).toEqual(aboutSeconds(8 * 3600));
      expect((await linus.getJson('/plain')).body).toEqual({ plain: true });
      expect(cookieSeconds(await linus.getJson('/plain'))).toBeNull();
    },
  );

  it('of a visitor that the host renews holds nothing of ours', async () => {
    const { app } = createLoginHost({
      guard: { anonymous: 'pass' },
      guarded: (below) =>
        below.post('/renew', (req, res, next) => {
          req.session.regenerate((error: unknown) =>
            error ? next(error) : res.json({ ours: req.session.mfa ?? null }),
          );
        }),
    });
    const { body } = await request(app).post('/renew');
    expect(body).toEqual({ ours: null });
  });

  it('that the host copied ends with the session it continues', async () => {
    const portal = createPortal({}, (app) =>
      app.post('/copy', (req, res, next) => {
        const { cookie: _cookie, ...data } = req.session;
        req.session.regenerate((error: unknown) => {
          Object.assign(req.session, data);
          if (error) next(error);
          else res.json({});
        });
      }),
    );
    await portal.mfa.policies.save('acme', { enabled: true, sessionDurationSeconds: 8 * 3600 });
    const mary = visit(portal);
    await mary.logIn('mary');
    expect(cookieSeconds(await mary.post('/copy'))).toEqual(aboutSeconds(7200));
    expect(cookieSeconds(await mary.getJson('/plain'))).toEqual(aboutSeconds(8 * 3600));
  });

  it.each([false, true])(
    'that the strategy granted ends as the policy says, with keepSessionInfo: %s',
    async (keepSessionInfo) => {
      const user = { id: 'ada' };
      const mfa = createMfa({
        issuer: 'Shop',
        baseUrl: 'http://localhost',
        keys: [TEST_KEY],
        ...memoryStores(),
        users: { findById: () => user },
        defaultPolicy: { enabled: false, sessionDurationSeconds: 8 * 3600 },
      });
      const passports = new passport.Passport();
      passports.use(mfa.strategy(async () => user));
      passports.serializeUser((_user, done) => done(null, 'ada'));
      passports.deserializeUser((_id, done) => done(null, user));
      const app = express();
      app.use(mfa.sessions(), passports.initialize(), passports.session());
      app.get('/basket', (req, res) => {
        Object.assign(req.session, { basket: ['tea'] });
        res.json({});
      });
      app.post('/login', express.json(), passports.authenticate('mfa', { keepSessionInfo }), (req, res) =>
        res.json(req.session),
      );
      const agent = request.agent(app);
      expect(cookieSeconds(await agent.get('/basket'))).toEqual(aboutSeconds(7200));
      const body = { username: 'ada', password: PASSWORD };
      const signedIn = await agent.post('/login').send(body);
      expect(signedIn.body.basket).toEqual(keepSessionInfo ? ['tea'] : undefined);
      expect(cookieSeconds(signedIn)).toEqual(aboutSeconds(8 * 3600));
      await mfa.close();
    },
  );
});

describe('a sign-in form that was open for longer than its token lasts', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      now: Date.now(),
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
  });
  afterEach(() => jest.useRealTimers());

  async function staleForm(open = 2 * HOUR + 1000) {
    const portal = await openPortal();
    const browser = visit(portal);
    await browser.get('/mfa/login?returnTo=/plain');
    jest.setSystemTime(Date.now() + open);
    portal.clock.advance(open);
    const fields = { username: 'mary', password: PASSWORD, returnTo: '/plain' };
    return { portal, browser, fields };
  }

  it('is shown again with the name, and works the second time', async () => {
    const { portal, browser, fields } = await staleForm();
    const again = await browser.post('/mfa/login', fields);
    expect(again.status).toBe(403);
    expect(textOf(again.text)).toContain('This page was open for too long, so nothing was tried.');
    expect(again.text).toMatch(/name="username"[^>]*value="mary"/);
    expect(again.text).toContain('name="returnTo" value="/plain"');
    expect(again.text).not.toContain(PASSWORD);
    expect((await browser.getJson('/whoami')).body.authenticated).toBe(false);
    expect(await portal.mfa.sessionsOf('mary').list()).toEqual([]);
    await browser.get('/mfa/login?returnTo=/plain');
    const signedIn = await browser.post('/mfa/login', fields);
    expect(signedIn.headers['location']).toBe('/mfa/enroll?returnTo=%2Fplain');
    expect((await browser.getJson('/whoami')).body.id).toBe('mary');
  });

  it('is accepted a minute before', async () => {
    const { browser, fields } = await staleForm(2 * HOUR - 60_000);
    expect((await browser.post('/mfa/login', fields)).status).toBe(303);
  });

  it('works with the token of the page that is shown again', async () => {
    const { browser, fields } = await staleForm();
    await browser.post('/mfa/login', fields);
    const signedIn = await browser.post('/mfa/login', fields);
    expect(signedIn.status).toBe(303);
  });

  it('is an event, like every form without its token', async () => {
    const { portal, browser, fields } = await staleForm();
    const events: unknown[] = [];
    portal.mfa.events.on('request-refused', ({ details }) => events.push(details));
    await browser.post('/mfa/login', fields);
    expect(events).toEqual([{ because: 'csrf-token-refused' }]);
  });

  it('tries no password: neither right nor wrong ones are counted', async () => {
    const { portal, browser, fields } = await staleForm();
    const events: unknown[] = [];
    portal.mfa.events.on('event', ({ name }) => events.push(name));
    await browser.post('/mfa/login', { ...fields, password: 'wrong' });
    expect(events).toEqual(['request-refused']);
  });

  it.each([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['in JSON', { accept: 'application/json' }],
  ])('is refused plainly %s', async (_how, headers) => {
    const { browser, fields } = await staleForm();
    const refused = await browser.post('/mfa/login', fields, headers);
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain('value="mary"');
  });

  it('leads on where another tab has signed the same person in', async () => {
    const { browser, fields } = await staleForm();
    await browser.get('/mfa/login');
    await browser.post('/mfa/login', fields);
    for (const path of ['/mfa/login', '/mfa/challenge', '/mfa/challenge/resend']) {
      const form = path === '/mfa/login' ? fields : { code: '123456', returnTo: '/plain' };
      const led = await browser.post(path, { ...form, _csrf: 'of the old page' });
      expect([led.status, led.headers['location']]).toEqual([303, '/plain']);
    }
  });

  it('is refused with a link onwards if somebody else signed in meanwhile', async () => {
    const { browser, fields } = await staleForm();
    await browser.get('/mfa/login');
    await browser.post('/mfa/login', fields);
    const other = { ...fields, username: 'ada', _csrf: 'of the old page' };
    const refused = await browser.post('/mfa/login', other);
    expect(textOf(refused.text)).toContain('This page is out of date');
    expect(refused.text).toContain('href="/mfa/login?returnTo=%2Fplain"');
  });
});
