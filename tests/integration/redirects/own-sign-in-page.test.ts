import { MemoryStore } from 'express-session';
import request from 'supertest';
import { createHttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { plantApp } from '../../support/planted';
import { totpCode } from '../../support/totp';

// A sign-in page of the host's own finds where the person was going in `req.session.returnTo`, as connect-ensure-login leaves it.

const chrome = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe.each(expressMajors)('on Express $major, a sign-in page of the host', ({ express }) => {
  async function start(options: { readonly loginPath?: string } = { loginPath: '/login' }) {
    const store = new MemoryStore();
    const host = createLoginHost({
      express,
      store,
      options,
      login: ({ app, passports }) => {
        app.get('/login', (req, res) => res.json({ returnTo: req.session.returnTo ?? null }));
        app.post(
          '/login',
          passports.authenticate('mfa', { successReturnToOrRedirect: '/', failureRedirect: '/login' }),
        );
        app.post('/login/callback', (req, res, next) => {
          passports.authenticate('mfa', (error: unknown, user?: Express.User) => {
            const { returnTo = '/none' } = req.session;
            if (user === undefined) return next(error);
            req.logIn(user, (failure) => (failure ? next(failure) : res.redirect(returnTo)));
          })(req, res, next);
        });
        app.get('/sso', (req, res, next) => {
          const user = { ...CREDENTIALS, id: 'ada', organizationId: 'acme' };
          req.logIn(user, (error) => (error ? next(error) : res.redirect(req.session.returnTo ?? '/')));
        });
      },
    });
    const stored = () =>
      new Promise<number>((resolve) => store.length((_error, length) => resolve(length ?? 0)));
    return { ...host, stored, agent: createHttpAgent(host.app) };
  }

  describe.each([
    ['a browser that says it opens a page', chrome],
    ['another client', {}],
  ])('for %s', (_who, headers) => {
    it.each([false, true])('leads where the person was going, with a second step: %s', async (secondStep) => {
      const { mfa, clock, records, agent } = await start();
      await mfa.policies.save('acme', { enabled: secondStep, enrollment: 'required' });
      const { secret } = secondStep ? await plantApp({ records, clock }, 'ada') : { secret: '' };
      const led = await agent.get('/reports?year=2026', headers);
      expect(led.headers['location']).toBe('/login?returnTo=%2Freports%3Fyear%3D2026');
      let answer = await agent.post('/login', CREDENTIALS);
      expect(agent.cookie('mfa-return-to')).toBeUndefined();
      if (secondStep) answer = await agent.post('/mfa/challenge', { code: totpCode(secret, clock.now()) });
      expect(answer.headers['location']).toBe('/reports?year=2026');
      expect((await agent.get('/reports?year=2026')).status).toBe(200);
      await mfa.close();
    });

    it('leads to the newest page after a wrong password', async () => {
      const { agent, mfa } = await start();
      await agent.get('/home', headers);
      await agent.post('/login', { ...CREDENTIALS, password: 'wrong' });
      await agent.get('/reports', headers);
      await agent.post('/login', { ...CREDENTIALS, password: 'wrong' });
      expect((await agent.post('/login', CREDENTIALS)).headers['location']).toBe('/reports');
      await mfa.close();
    });

    it('leads there after a session has ended', async () => {
      const { agent, mfa } = await start();
      await agent.post('/login', CREDENTIALS);
      await agent.get('/');
      await mfa.sessionsOf('ada').endAll();
      const led = await agent.get('/reports', headers);
      expect(led.headers['location']).toContain('because=session-ended');
      expect((await agent.post('/login', CREDENTIALS)).headers['location']).toBe('/reports');
      await mfa.close();
    });

    it('leads there after a sign-in of the host by other means', async () => {
      const { agent, mfa } = await start();
      await agent.get('/reports', headers);
      expect((await agent.get('/sso')).headers['location']).toBe('/reports');
      expect(agent.cookie('mfa-return-to')).toBeUndefined();
      await mfa.close();
    });

    it('leads there after a sign-in in a callback that reads the path first', async () => {
      const { agent, mfa } = await start();
      await agent.get('/reports', headers);
      expect((await agent.post('/login/callback', CREDENTIALS)).headers['location']).toBe('/reports');
      await mfa.close();
    });
  });

  it('finds nothing where the guard refused no page', async () => {
    const { agent, mfa } = await start();
    expect((await agent.post('/login/callback', CREDENTIALS)).headers['location']).toBe('/none');
    await mfa.close();
  });

  it('finds it in the session while it is shown', async () => {
    const { agent, mfa } = await start();
    await agent.get('/reports', chrome);
    expect((await agent.get('/login')).body).toEqual({ returnTo: '/reports' });
    await mfa.close();
  });

  it.each(['//evil.example/reports', '/\\evil.example'])(
    'finds no way that leads elsewhere: %s',
    async (path) => {
      const { app, agent, mfa } = await start();
      const led = await request(app).get(path).set({ accept: 'text/html', cookie: '' });
      expect([303, 404]).toContain(led.status);
      await agent.get(path);
      expect((await agent.get('/login')).body).toEqual({ returnTo: null });
      await mfa.close();
    },
  );

  it.each([
    ['a script', 'get', { accept: '*/*', 'sec-fetch-mode': 'cors' }],
    ['a program', 'get', { accept: '*/*' }],
    ['a client that does not say it opens a page', 'get', {}],
    ['a form', 'post', chrome],
    ['a question for the head alone', 'head', chrome],
    ['a prefetched page', 'get', { ...chrome, 'sec-purpose': 'prefetch' }],
    ['an image', 'get', { accept: 'image/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ] as const)('finds nothing of %s, which costs no session', async (_what, method, headers) => {
    const { app, mfa, stored } = await start();
    const client = request(app);
    const { status } = await client[method]('/home').set({ accept: 'text/html', ...headers });
    expect(await stored()).toBe(0);
    expect([303, 401]).toContain(status);
    await mfa.close();
  });

  it('stores no session if our own page signs people in', async () => {
    const { agent, mfa, stored } = await start({});
    const led = await agent.get('/home', chrome);
    expect(led.headers['location']).toBe('/mfa/login?returnTo=%2Fhome');
    expect(await stored()).toBe(0);
    await mfa.close();
  });
});
