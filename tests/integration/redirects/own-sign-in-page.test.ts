import { MemoryStore } from 'express-session';
import request from 'supertest';
import { createHttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { plantApp } from '../../support/planted';
import { totpCode } from '../../support/totp';

// A sign-in page of the host's own finds where the person was going in `req.session.returnTo`, as connect-ensure-login leaves it.

describe.each(expressMajors)('on Express $major, a sign-in page of the host', ({ express }) => {
  const agents = { chrome: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } };

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
      },
    });
    const stored = () =>
      new Promise<number>((resolve) => store.length((_error, length) => resolve(length ?? 0)));
    return { ...host, stored, agent: createHttpAgent(host.app) };
  }

  it('finds where the person was going, and leads there with and without a second step', async () => {
    const { mfa, clock, ...host } = await start();
    for (const secondStep of [false, true]) {
      await mfa.policies.save('acme', { enabled: secondStep, enrollment: 'required' });
      const { secret } = secondStep ? await plantApp({ ...host, clock }, 'ada') : { secret: '' };
      const visitor = createHttpAgent(host.app);
      const led = await visitor.get('/reports?year=2026', agents.chrome);
      expect(led.headers['location']).toBe('/login?returnTo=%2Freports%3Fyear%3D2026');
      expect((await visitor.get('/login')).body).toEqual({ returnTo: '/reports?year=2026' });
      let answer = await visitor.post('/login', CREDENTIALS);
      if (secondStep) answer = await visitor.post('/mfa/challenge', { code: totpCode(secret, clock.now()) });
      expect(answer.headers['location']).toBe('/reports?year=2026');
      expect((await visitor.get('/reports?year=2026')).status).toBe(200);
    }
    await mfa.close();
  });

  it('finds it again after a wrong password, and the newest page in the end', async () => {
    const { agent, mfa } = await start();
    await agent.get('/home');
    await agent.post('/login', { ...CREDENTIALS, password: 'wrong' });
    expect((await agent.get('/login')).body).toEqual({ returnTo: '/home' });
    await agent.get('/reports');
    expect((await agent.post('/login', CREDENTIALS)).headers['location']).toBe('/reports');
    await mfa.close();
  });

  it('finds it after a session that is over', async () => {
    const { agent, mfa } = await start();
    await agent.post('/login', CREDENTIALS);
    await agent.get('/home');
    await mfa.sessionsOf('ada').endAll();
    const led = await agent.get('/reports');
    expect(led.headers['location']).toContain('because=session-ended');
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
    ['a form', 'post', agents.chrome],
    ['a question for the head alone', 'head', agents.chrome],
    ['a prefetched page', 'get', { ...agents.chrome, 'sec-purpose': 'prefetch' }],
    ['an image', 'get', { accept: 'image/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ] as const)('finds nothing of %s, which costs no session', async (_what, method, headers) => {
    const { app, mfa, stored } = await start();
    const client = request(app);
    const { status } = await client[method]('/home').set({ accept: 'text/html', ...headers });
    expect(await stored()).toBe(0);
    expect([303, 401]).toContain(status);
    await mfa.close();
  });

  it('costs nobody a session where our own page signs people in', async () => {
    const { agent, mfa, stored } = await start({});
    const led = await agent.get('/home', agents.chrome);
    expect(led.headers['location']).toBe('/mfa/login?returnTo=%2Fhome');
    expect(await stored()).toBe(0);
    await mfa.close();
  });
});
