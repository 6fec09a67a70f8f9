import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { SecondStepInfo } from '../../../src/index';
import { createHttpAgent, type HttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost, type LoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { hiddenFields } from '../../support/page-text';
import { plantApp } from '../../support/planted';
import type { PortalUser } from '../../support/portal';
import { totpCode } from '../../support/totp';

// A host that handles its sign-in in a callback decides there who gets in, and what follows. That must hold after a second step.

type User = Express.User | false | null | undefined;
type Callback = (
  error: unknown,
  user: User,
  info: unknown,
  request: { readonly req: Request; readonly res: Response; readonly next: NextFunction },
) => void;

function isUser(user: User): user is PortalUser {
  return typeof user === 'object' && user !== null;
}

/** What most hosts write. */
const signInAndGreet: Callback = (error, user, info, { req, res, next }) => {
  if (error !== null && error !== undefined) return next(error);
  const { message } = (info ?? {}) as { message?: string };
  if (!isUser(user)) return void res.status(401).send(`Sorry. ${message}`);
  req.logIn(user, (failure) => {
    if (failure) return next(failure);
    (req as unknown as { flash(kind: string, text: string): void }).flash('info', `Hi ${user.id}`);
    res.redirect('/reports?from=callback');
  });
};

interface Call {
  readonly id: string | false;
  readonly info: unknown;
}

interface HostOptions {
  readonly callback?: Callback;
  readonly secondStep?: 'redirect' | 'callback';
  readonly resumePath?: string;
  readonly info?: unknown;
  readonly authenticate?: object;
  readonly loginPath?: string;
}

describe.each(expressMajors)('on Express $major, a sign-in with a callback of the host', ({ express }) => {
  const hosts: LoginHost[] = [];
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map(({ mfa }) => mfa.close()));
  });

  /** A host whose callback handles `POST /login` and goes on at `GET /login/done`. */
  async function start(options: HostOptions = {}) {
    const {
      callback = signInAndGreet,
      secondStep,
      resumePath = '/login/done',
      loginPath,
      info = { scope: 'all' },
    } = options;
    const calls: Call[] = [];
    const host = createLoginHost({
      express,
      info,
      ...(loginPath === undefined ? {} : { options: { loginPath } }),
      strategy: { resumePath, ...(secondStep === undefined ? {} : { secondStep }) },
      login: ({ app, passports }) => {
        const signIn: RequestHandler = (req, res, next) => {
          passports.authenticate(
            'mfa',
            options.authenticate ?? {},
            (error: unknown, user: User, given: unknown) => {
              calls.push({ id: isUser(user) ? user.id : false, info: given });
              callback(error, user, given, { req, res, next });
            },
          )(req, res, next);
        };
        app.post('/login', signIn);
        app.get('/login/done', signIn);
        app.get('/remember', (req, res) => {
          const { path } = req.query;
          if (typeof path === 'string') req.session.returnTo = path;
          res.end();
        });
      },
    });
    hosts.push(host);
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    const code = () => totpCode(secret, host.clock.now());
    const agent = createHttpAgent(host.app);
    return {
      ...host,
      agent,
      calls,
      logIn: (by: HttpAgent = agent) => by.post('/login', CREDENTIALS),
      code,
      prove: (by: HttpAgent = agent) => by.post('/mfa/challenge', { code: code() }),
    };
  }

  const expectNobodyIn = async (agent: HttpAgent) => {
    expect((await agent.getJson('/home')).status).toBe(401);
    expect((await agent.getJson('/mfa/state')).body.signedIn).toBe(false);
  };

  it('is called after the second step as it would have been after the password', async () => {
    const { agent, calls, logIn, prove, flashes, mfa } = await start();
    const half = await logIn();
    expect([half.status, half.headers['location']]).toEqual([303, '/mfa/challenge']);
    const proven = await prove();
    expect([proven.status, proven.headers['location']]).toEqual([303, '/login/done']);
    expect(calls).toEqual([]);
    await expectNobodyIn(agent);
    const done = await agent.get('/login/done');
    expect([done.status, done.headers['location']]).toEqual([302, '/reports?from=callback']);
    expect(calls).toEqual([{ id: 'ada', info: { scope: 'all' } }]);
    expect(flashes).toEqual([['info', 'Hi ada']]);
    expect((await agent.get('/reports?from=callback')).text).toContain('Hello ada');
    expect(await mfa.sessionsOf('ada').list()).toMatchObject([{ methods: ['password', 'totp'] }]);
  });

  it('is called at once where no second step is asked', async () => {
    const { calls, logIn, mfa, agent } = await start();
    await mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const done = await agent.post('/login', { ...CREDENTIALS, username: 'mary' });
    expect([done.status, done.headers['location']]).toEqual([302, '/reports?from=callback']);
    expect(calls).toEqual([{ id: 'mary', info: { scope: 'all' } }]);
    expect((await logIn()).headers['location']).toBe('/mfa/challenge');
  });

  it('keeps people out whom it does not sign in', async () => {
    const { agent, calls, logIn, prove, mfa } = await start({
      callback: (_error, _user, _info, { res }) => res.redirect('/account-suspended'),
    });
    await logIn();
    await prove();
    const done = await agent.get('/login/done');
    expect(done.headers['location']).toBe('/account-suspended');
    expect(calls.map(({ id }) => id)).toEqual(['ada']);
    await expectNobodyIn(agent);
    expect(await mfa.sessionsOf('ada').list()).toEqual([]);
    await agent.get('/login/done');
    expect(calls.map(({ id }) => id)).toEqual(['ada', false]);
    await expectNobodyIn(agent);
  });

  it('gets the user once, however often the browser comes back', async () => {
    const { agent, calls, logIn, prove } = await start();
    await logIn();
    await prove();
    await Promise.all([agent.get('/login/done'), agent.get('/login/done'), agent.get('/login/done')]);
    expect(calls.filter(({ id }) => id === 'ada')).toHaveLength(1);
  });

  it('gets no user before the second step is done', async () => {
    const { agent, calls, logIn } = await start();
    const early = await agent.get('/login/done');
    expect([early.status, early.text]).toEqual([401, expect.stringContaining('Sorry.')]);
    await logIn();
    const half = await agent.get('/login/done');
    expect([half.status, half.headers['location']]).toEqual([303, '/mfa/challenge']);
    await agent.post('/mfa/challenge', { code: '000000' });
    expect((await agent.get('/login/done')).status).toBe(303);
    expect(calls.map(({ id }) => id)).toEqual([false]);
    await expectNobodyIn(agent);
  });

  it('gives nothing to an attacker who knew the session id from before the proof', async () => {
    const { app, agent, calls, logIn, prove } = await start();
    await logIn();
    const known = agent.cookie('connect.sid');
    await prove();
    expect(agent.cookie('connect.sid')).not.toBe(known);
    const thief = createHttpAgent(app, { headers: { cookie: `connect.sid=${known}` } });
    await thief.get('/login/done');
    expect(calls.map(({ id }) => id)).toEqual([false]);
  });

  it('gets its own failure as an error, and the process continues', async () => {
    const broken = new Error('The audit log is full.');
    const { agent, logIn, prove, errors } = await start({
      callback: (error, user, _info, { next }) => {
        if (error !== null && error !== undefined) return next(error);
        if (isUser(user)) throw broken;
        next();
      },
    });
    await logIn();
    await prove();
    expect((await agent.get('/login/done')).status).toBe(500);
    expect(errors).toEqual([broken]);
    await expectNobodyIn(agent);
  });

  it('gets no user whose sessions were ended after the proof', async () => {
    const { agent, calls, logIn, prove, mfa } = await start();
    await logIn();
    await prove();
    await mfa.sessionsOf('ada').endAll();
    expect((await agent.get('/login/done')).status).toBe(401);
    expect(calls.map(({ id }) => id)).toEqual([false]);
    await expectNobodyIn(agent);
  });

  it('gets the user whom the policy no longer requires to enroll', async () => {
    const { agent, calls, mfa } = await start();
    const asked = await agent.post('/login', { ...CREDENTIALS, username: 'mary' });
    expect(asked.headers['location']).toContain('/mfa/enroll');
    expect((await agent.get('/login/done')).status).toBe(303);
    await mfa.policies.save('acme', { enrollment: 'optional' });
    await agent.get('/login/done');
    expect(calls.map(({ id }) => id)).toEqual(['mary']);
  });

  it('gets no user whose factors are missing from the records after the proof', async () => {
    const { agent, calls, logIn, prove, mfa, records, users } = await start();
    await logIn();
    await prove();
    const ada = users.get('ada');
    if (ada !== undefined) users.set('ada', { ...ada, mfaEnrolled: true });
    const { authenticators } = await records.findMember('ada', 'acme');
    for (const { id } of authenticators) await records.removeAuthenticator('ada', id);
    expect((await agent.get('/login/done')).text).toContain('can’t find your sign-in methods');
    expect(calls.map(({ id }) => id)).toEqual([false]);
    await expectNobodyIn(agent);
    expect(await mfa.sessionsOf('ada').list()).toEqual([]);
  });

  it('reports the sign-in once the host has it, and tells the person of a new browser', async () => {
    const { app, clock, logIn, prove, mfa, records, outbox } = await start();
    await mfa.policies.save('acme', { newBrowserNotice: true });
    const signedIn = async () => {
      await mfa.settled();
      return (await records.listEvents({ organizationId: 'acme', limit: 50, names: ['signed-in'] })).events;
    };
    for (const [count, browser] of ['Chrome/140.0.0.0', 'Firefox/140.0'].entries()) {
      const userAgent = `Mozilla/5.0 (X11; Linux x86_64) ${browser}`;
      const agent = createHttpAgent(app, { headers: { 'user-agent': userAgent } });
      await logIn(agent);
      await prove(agent);
      expect(await signedIn()).toHaveLength(count);
      await agent.get('/login/done');
      expect(await signedIn()).toHaveLength(count + 1);
      expect(outbox.messages.filter(({ to }) => to === 'ada@acme.example')).toHaveLength(count);
      clock.advance(60_000);
    }
  });

  it('gets no user whose login took too long', async () => {
    const { agent, calls, clock, logIn, prove } = await start();
    await logIn();
    await prove();
    clock.advance(601_000);
    expect((await agent.get('/login/done')).status).toBe(401);
    expect(calls).toEqual([{ id: false, info: { message: expect.stringContaining('timed out') } }]);
  });

  it('cannot be skipped by a returnTo address', async () => {
    const { agent, logIn, prove } = await start();
    await logIn();
    await agent.get('/mfa/challenge?returnTo=/home');
    expect((await prove()).headers['location']).toBe('/login/done');
    const again = await agent.get('/mfa/challenge?returnTo=/home');
    expect(again.headers['location']).toBe('/login/done');
    for (const path of ['/mfa/settings', '/mfa/sessions', '/mfa/step-up', '/home'])
      expect([path, (await agent.getJson(path)).status]).toEqual([path, 401]);
  });

  it('redirects a person who is signed in already, as after a reload', async () => {
    const { agent, calls, logIn, prove } = await start();
    await logIn();
    await prove();
    await agent.get('/login/done');
    const again = await agent.get('/login/done');
    expect([again.status, again.headers['location']]).toEqual([303, '/']);
    expect(calls).toHaveLength(1);
  });

  it('signs people in where they signed in before while very many addresses guess', async () => {
    const { app, calls, logIn, prove, mfa } = await start();
    app.set('trust proxy', 1);
    const visitFrom = (address: string) => createHttpAgent(app, { headers: { 'x-forwarded-for': address } });
    const home = visitFrom('192.0.2.1');
    await logIn(home);
    await prove(home);
    await home.get('/login/done');
    await mfa.settled();
    for (let n = 0; n < 20; n += 1)
      await visitFrom(`198.51.100.${n}`).post('/login', { ...CREDENTIALS, password: 'guessed' });
    calls.splice(0);
    await logIn(visitFrom('203.0.113.1'));
    expect(calls).toEqual([{ id: false, info: { message: expect.stringContaining('too many') } }]);
    expect((await logIn(visitFrom('192.0.2.1'))).headers['location']).toBe('/mfa/challenge');
  });

  it('does not finish a login that began on our own page', async () => {
    const { agent, calls, mfa } = await start();
    await agent.get('/mfa/login');
    await agent.post('/mfa/login', CREDENTIALS);
    const half = await agent.get('/login/done');
    expect([half.status, half.headers['location']]).toEqual([303, '/mfa/challenge']);
    expect(calls).toEqual([]);
    // Now the password alone would be enough, but that login is not the callback’s.
    await mfa.policies.save('acme', { enabled: false });
    expect((await agent.get('/login/done')).status).toBe(401);
    expect(calls.map(({ id }) => id)).toEqual([false]);
    await expectNobodyIn(agent);
  });

  it('gets no user from a login on our page that is locked by wrong codes', async () => {
    const { app, agent, calls } = await start();
    await agent.get('/mfa/login');
    await agent.post('/mfa/login', CREDENTIALS);
    for (const guesser of [createHttpAgent(app), createHttpAgent(app)]) {
      await guesser.postJson('/mfa/login', CREDENTIALS);
      for (let guess = 0; guess < 5; guess += 1) await guesser.postJson('/mfa/challenge', { code: '000000' });
    }
    expect((await agent.get('/login/done')).status).toBe(401);
    expect(calls).toEqual([
      { id: false, info: { message: expect.stringContaining('too many wrong codes') } },
    ]);
  });

  it('gets no user from a session that was ended', async () => {
    const { agent, calls, logIn, prove, mfa } = await start();
    await logIn();
    await prove();
    await agent.get('/login/done');
    await mfa.sessionsOf('ada').endAll();
    expect((await agent.get('/login/done')).status).toBe(401);
    expect(calls.map(({ id }) => id)).toEqual(['ada', false]);
  });

  it('finds the page that the guard refused, in its session', async () => {
    const { agent, logIn, prove } = await start({
      loginPath: '/login',
      callback: (_error, user, _info, { req, res, next }) => {
        if (!isUser(user)) return next();
        const { returnTo = '/none' } = req.session;
        req.logIn(user, (error) => (error ? next(error) : res.redirect(returnTo)));
      },
    });
    // Not a page that a browser opens, so a cookie keeps the path and no session.
    await agent.get('/reports');
    expect(agent.cookie('connect.sid')).toBeUndefined();
    await logIn();
    // The login keeps it now: the cookie may expire before the second step is done.
    expect(agent.cookie('mfa-return-to')).toBeUndefined();
    await prove();
    expect((await agent.get('/login/done')).headers['location']).toBe('/reports');
  });

  it('finds the returnTo that the host had stored', async () => {
    const { agent, logIn, prove } = await start({
      callback: (_error, user, _info, { req, res, next }) => {
        if (!isUser(user)) return next();
        req.logIn(user, (error) => (error ? next(error) : res.redirect(req.session.returnTo ?? '/none')));
      },
    });
    await agent.get('/remember?path=/reports');
    await logIn();
    await prove();
    expect((await agent.get('/login/done')).headers['location']).toBe('/reports');
  });

  it('comes after an enrollment that the sign-in asked for, and after its recovery codes', async () => {
    const { agent, calls, clock } = await start();
    const half = await agent.post('/login', { ...CREDENTIALS, username: 'mary' });
    expect(half.headers['location']).toBe('/mfa/enroll');
    expect((await agent.get('/login/done')).headers['location']).toMatch(/^\/mfa\/enroll\b/);
    await expectNobodyIn(agent);
    await agent.get('/mfa/enroll/totp');
    const scan = await agent.follow(await agent.post('/mfa/enroll/totp'));
    const secret = /data-key="([A-Z2-7]+)"/.exec(scan.text)?.[1] ?? '';
    const codes = await agent.follow(
      await agent.post('/mfa/enroll/totp/confirm', { code: totpCode(secret, clock.now()) }),
    );
    expect(codes.text).toContain('data-recovery-codes');
    // The codes would end with the login.
    expect((await agent.get('/login/done')).headers['location']).toMatch(/^\/mfa\/enroll\/recovery-codes/);
    expect(calls).toEqual([]);
    const path = '/mfa/enroll/recovery-codes';
    const done = await agent.follow(
      await agent.post(path, { ...hiddenFields(codes.text, path), saved: 'yes' }),
    );
    expect(done.text).toContain('href="/login/done"');
    expect((await agent.get('/login/done')).headers['location']).toBe('/reports?from=callback');
    expect(calls).toEqual([{ id: 'mary', info: { scope: 'all' } }]);
  });

  it('is what JSON clients go on with', async () => {
    const { agent, code } = await start({
      callback: (_error, user, _info, { req, res, next }) => {
        if (!isUser(user)) return next(new Error('Nobody.'));
        req.logIn(user, (error) => (error ? next(error) : res.json({ welcome: user.id })));
      },
    });
    const half = await agent.postJson('/login', CREDENTIALS);
    expect(half.body).toMatchObject({ outcome: 'challenge', next: '/mfa/challenge' });
    const proven = await agent.postJson('/mfa/challenge', { code: code() });
    expect(proven.body).toEqual({ outcome: 'resume', because: 'satisfied', next: '/login/done' });
    expect((await agent.getJson('/mfa/challenge')).body).toMatchObject({ outcome: 'resume' });
    expect((await agent.getJson('/login/done')).body).toEqual({ welcome: 'ada' });
    expect((await agent.getJson('/mfa/state')).body.signedIn).toBe(true);
  });

  describe('that handles the second step itself', () => {
    it('answers the password itself', async () => {
      const { agent, calls, logIn, prove } = await start({
        secondStep: 'callback',
        callback: (error, user, info, request) => {
          const { mfa } = (info ?? {}) as Partial<SecondStepInfo>;
          if (mfa === undefined) return signInAndGreet(error, user, info, request);
          request.res.redirect(303, `${mfa.next}?hello`);
        },
      });
      const half = await logIn();
      expect([half.status, half.headers['location']]).toEqual([303, '/mfa/challenge?hello']);
      expect(calls).toEqual([
        {
          id: false,
          info: {
            message: expect.any(String),
            mfa: expect.objectContaining({ outcome: 'challenge', next: '/mfa/challenge' }),
          },
        },
      ]);
      await expectNobodyIn(agent);
      await prove();
      expect((await agent.get('/login/done')).headers['location']).toBe('/reports?from=callback');
    });

    it('signs nobody in if it ignores the second step', async () => {
      const { agent, logIn } = await start({ secondStep: 'callback' });
      const half = await logIn();
      expect([half.status, half.text]).toEqual([401, expect.stringContaining('Sorry. One more step')]);
      await expectNobodyIn(agent);
    });
  });

  it('makes one token of one login where the host keeps no session', async () => {
    const { agent, calls, logIn, prove } = await start({
      authenticate: { session: false },
      callback: (_error, user, _info, { res }) => {
        if (!isUser(user)) return void res.status(401).json({ token: null });
        res.json({ token: `for ${user.id}` });
      },
    });
    await logIn();
    await prove();
    expect((await agent.get('/login/done')).body).toEqual({ token: 'for ada' });
    expect((await agent.get('/login/done')).body).toEqual({ token: null });
    expect(calls.map(({ id }) => id)).toEqual(['ada', false]);
    await expectNobodyIn(agent);
  });
});
