import { request as open } from 'node:http';
import express from 'express';
import { createHttpAgent, type HttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost, type LoginHost } from '../../support/login-host';
import { startLoopbackServer, type LoopbackServer } from '../../support/loopback-server';
import { plantApp } from '../../support/planted';
import { totpCode } from '../../support/totp';

// People reach the app below a path, such as https://example.com/portal. A proxy strips that path, or the app is mounted there.

/** Passes on what is below `/portal`, without it. */
function startProxy(target: LoopbackServer): Promise<LoopbackServer> {
  return startLoopbackServer((req, res) => {
    const { method, headers, url = '' } = req;
    if (!url.startsWith('/portal/')) {
      res.writeHead(404).end('Nothing is here.');
      return;
    }
    const path = url.slice('/portal'.length);
    const passed = open(`${target.url}${path}`, { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    req.pipe(passed);
  });
}

describe.each(['stripped by a proxy', 'where the app is mounted'])('a prefix that is %s', (how) => {
  let host: LoginHost;
  let app: LoopbackServer;
  let front: LoopbackServer;
  let agent: HttpAgent;
  const strips = how === 'stripped by a proxy';

  beforeEach(async () => {
    app = await startLoopbackServer((req, res) => {
      if (strips) host.app(req, res);
      else express().use('/portal', host.app)(req, res);
    });
    front = strips ? await startProxy(app) : app;
  });
  afterEach(async () => {
    await front.close();
    await app.close();
    await host.mfa.close();
  });

  function start(change: Parameters<typeof createLoginHost>[0] = {}): void {
    host = createLoginHost({
      ...change,
      options: { baseUrl: `${front.url}/portal`, ...change.options },
      guarded: (inner, mfa) => {
        inner.get('/pay', mfa.requireStepUp({ maxAgeSeconds: 60 }), (_req, res) => res.send('<h1>Paid</h1>'));
        inner.post('/logout', (_req, res) => res.json({ bye: true }));
      },
    });
    agent = createHttpAgent(front.url, { mountPath: '/portal/mfa' });
  }

  async function withApp(): Promise<() => string> {
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    return () => totpCode(secret, host.clock.now());
  }

  it('is kept on the way to the sign-in, the code and back', async () => {
    start();
    const code = await withApp();
    const led = await agent.get('/portal/reports?year=2026');
    expect(led.headers['location']).toBe('/portal/mfa/login?returnTo=%2Fportal%2Freports%3Fyear%3D2026');
    const page = await agent.follow(led);
    expect(page.text).toContain('action="/portal/mfa/login"');
    expect(page.text).toContain('href="/portal/mfa/assets/express-mfa.css"');
    expect((await agent.get('/portal/mfa/assets/express-mfa.css')).status).toBe(200);
    const returnTo = '/portal/reports?year=2026';
    const half = await agent.post('/portal/mfa/login', { ...CREDENTIALS, returnTo });
    expect(half.headers['location']).toBe('/portal/mfa/challenge');
    const proven = await agent.post('/portal/mfa/challenge', { code: code() });
    expect(proven.headers['location']).toBe(returnTo);
    expect((await agent.follow(proven)).text).toContain('Hello ada at /reports');
    host.clock.advance(120_000);
    const asked = await agent.get('/portal/pay');
    expect(asked.headers['location']).toBe('/portal/mfa/step-up?returnTo=%2Fportal%2Fpay');
    await agent.follow(asked);
    const paid = await agent.post('/portal/mfa/step-up', { code: code(), returnTo: '/portal/pay' });
    expect((await agent.follow(paid)).text).toContain('Paid');
    const home = await agent.post('/portal/mfa/logout');
    expect(home.headers['location']).toBe('/portal/mfa/login?signedOut=1');
  });

  it('is kept on the way to a sign-in page of the host and back', async () => {
    start({ options: { baseUrl: `${front.url}/portal`, loginPath: '/login' } });
    const code = await withApp();
    const led = await agent.get('/portal/reports');
    expect(led.headers['location']).toBe('/portal/login?returnTo=%2Fportal%2Freports');
    const half = await agent.post('/portal/login', CREDENTIALS);
    expect(half.headers['location']).toBe('/portal/mfa/challenge');
    const proven = await agent.post('/portal/mfa/challenge', { code: code() });
    expect(proven.headers['location']).toBe('/portal/reports');
  });

  it('is kept on the way to the callback of the host', async () => {
    start({
      strategy: { resumePath: '/login/done' },
      login: ({ app: inner, passports }) => {
        const signIn = passports.authenticate('mfa', { successRedirect: '/portal/home' });
        inner.post('/login', signIn);
        inner.get('/login/done', signIn);
      },
    });
    const code = await withApp();
    await agent.post('/portal/login', CREDENTIALS);
    const proven = await agent.post('/portal/mfa/challenge', { code: code() });
    expect(proven.headers['location']).toBe('/portal/login/done');
    const done = await agent.get('/portal/login/done');
    expect(done.headers['location']).toBe('/portal/home');
    expect((await agent.get('/portal/home')).text).toContain('Hello ada');
  });

  it.each(['/logout', '/portal/logout'])('leaves the log-out reachable, named %s', async (path) => {
    start({ guard: { logoutPaths: [path] } });
    await withApp();
    await agent.get('/portal/mfa/login');
    const json = { accept: 'application/json' };
    expect((await agent.post('/portal/logout', {}, json)).body).toEqual({ bye: true });
    expect((await agent.post('/portal/home', {}, json)).status).toBe(401);
  });

  it('is in the link of a mail', async () => {
    start();
    await withApp();
    await agent.get('/portal/mfa/login');
    for (let tries = 0; tries < 10; tries += 1) {
      if (tries % 5 === 0) await agent.post('/portal/mfa/login', CREDENTIALS);
      await agent.post('/portal/mfa/challenge', { code: '000000' });
    }
    await host.mfa.settled();
    const mail = host.outbox.messages.findLast(({ text }) => text.includes('/unlock?token='));
    const link = /\S+\/unlock\?token=\S+/.exec(mail?.text ?? '')?.[0] ?? '';
    expect(link.startsWith(`${front.url}/portal/mfa/unlock?token=`)).toBe(true);
    expect((await agent.get(link.slice(front.url.length))).text).toContain('Unlock my account');
  });
});
