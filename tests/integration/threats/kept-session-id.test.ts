import { memoryStores } from '../../support/records';
import type { RequestHandler } from 'express';
import express from 'express';
import passport from 'passport';
import request from 'supertest';
import { createMfa } from 'express-mfa';
import { createHttpAgent } from '../../support/http-agent';
import { plantApp } from '../../support/planted';
import { TEST_KEY } from '../../support/portal';
import { openSessionHost } from '../../support/session-host';
import type { SessionHost } from '../../support/session-host';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// The attack: somebody puts a session id of their own into a browser and waits for its owner to sign in under it. Passport makes a new
// session since 0.6; an older one, a patched one, or a session whose `regenerate` does nothing leaves the id as it is.

type Manager = Record<string, (...args: unknown[]) => unknown>;

/** As Passport was before 0.6: it puts the user into the session there is. */
function createOldPassport(): passport.Authenticator {
  const passports = new passport.Passport();
  const manager = Reflect.get(passports, '_sm') as Manager;
  manager['logIn'] = function logIn(req: unknown, user: unknown, ...rest: unknown[]) {
    const done = rest.at(-1) as (error?: unknown) => void;
    const serialize = Reflect.get(passports, 'serializeUser').bind(passports) as Manager['logIn'];
    return serialize?.(user, req, (error: unknown, kept: unknown) => {
      if (error) return done(error);
      Object.assign((req as express.Request).session, { passport: { user: kept } });
      done();
    });
  } as Manager['logIn'] & object;
  return passports;
}

const change =
  (alter: (req: express.Request) => void): RequestHandler =>
  (req, _res, next) => {
    alter(req);
    next();
  };

const HOSTS: Readonly<Record<string, Partial<Parameters<typeof openSessionHost>[0]>>> = {
  'an old Passport': { createPassport: createOldPassport },
  'a regenerate that does nothing': {
    beforePassport: change((req) => {
      req.session.regenerate = (done) => {
        done(null);
        return req.session;
      };
    }),
  },
  'no regenerate': { beforePassport: change((req) => Object.assign(req.session, { regenerate: undefined })) },
  'a req.logIn of its own': {
    beforePassport: change((req) => {
      const logIn = (user: Express.User, ...rest: unknown[]) => {
        req.user = user;
        Object.assign(req.session, { passport: { user: Reflect.get(user, 'id') } });
        const done = rest.at(-1) as () => void;
        setImmediate(done);
      };
      Object.assign(req, { logIn, login: logIn });
    }),
  },
  'a new session without its regenerate': {
    beforePassport: change((req) => {
      req.session.regenerate = (done) => {
        (req.sessionStore as unknown as { generate(req: express.Request): void }).generate(req);
        done(null);
        return req.session;
      };
    }),
  },
};

describe.each(storeKinds)('on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const hosts: SessionHost[] = [];
  afterAll(async () => {
    for (const { mfa } of hosts) await mfa.close();
    close();
  });

  describe.each(['ours', 'of the host'] as const)('with sessions %s', (sessions) => {
    describe.each(Object.entries(HOSTS))('and %s', (_name, how) => {
      async function open() {
        const host = openSessionHost({ records, state, sessions, ...how });
        hosts.push(host);
        const user = host.addUser();
        await host.mfa.policies.save(user.organizationId, { enabled: true, enrollment: 'required' });
        const { secret } = await plantApp(host, user.id);
        const agent = host.visit();
        await agent.csrfToken();
        await agent.send('/basket');
        const fixed = agent.cookie('session');
        expect(fixed).toBeDefined();
        const code = () => ({ code: totpCode(secret, host.clock.now()) });
        return { host, user, agent, fixed, code };
      }

      it('signs in by the strategy, with a factor, under a new id', async () => {
        const { host, user, agent, fixed, code } = await open();
        const { username, password } = user;
        expect((await agent.send('/login', { username, password })).body.outcome).toBe('challenge');
        const half = agent.cookie('session');
        expect((await agent.postJson('/mfa/challenge', code())).body.outcome).toBe('signed-in');
        expect(new Set([fixed, half, agent.cookie('session')]).size).toBe(3);
        expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
        const thief = createHttpAgent(host.app, { headers: { cookie: `session=${fixed}` } });
        expect((await thief.getJson('/inside')).status).toBe(401);
        expect(host.errors).toEqual([]);
        expect(await host.mfa.sessionsOf(user.id).list()).toHaveLength(1);
      });

      it('signs in by req.login, and challenges once, under a new id', async () => {
        const { host, user, agent, fixed, code } = await open();
        await agent.send(`/in/${user.id}`);
        const whole = agent.cookie('session');
        expect(whole).not.toBe(fixed);
        expect((await agent.getJson('/inside')).body).toMatchObject({ outcome: 'challenge' });
        expect((await agent.postJson('/mfa/challenge', code())).body.outcome).toBe('signed-in');
        expect(agent.cookie('session')).not.toBe(whole);
        expect((await agent.getJson('/inside')).body).toEqual({ inside: user.id });
        expect(host.errors).toEqual([]);
      });
    });
  });
});

describe('a session that cannot get another id', () => {
  /** As hosts do who keep cookie-session and were told by Passport what is missing. */
  const inBrowser: RequestHandler = (req, _res, next) => {
    const nothing = (done?: (error?: unknown) => void) => done?.();
    Object.assign(req, { session: { regenerate: nothing, save: nothing } });
    next();
  };
  const withoutStore: RequestHandler = (req, _res, next) => {
    const nothing = (done?: (error?: unknown) => void) => done?.();
    Object.assign(req, {
      sessionID: 'always-the-same',
      session: { id: 'x', cookie: {}, regenerate: nothing, save: nothing },
    });
    next();
  };

  function open(sessionMiddleware: RequestHandler) {
    const user = { id: 'ada' };
    const told: unknown[] = [];
    const errors: Error[] = [];
    const judged: string[] = [];
    const mfa = createMfa({
      issuer: 'Shop',
      baseUrl: 'http://localhost',
      keys: [TEST_KEY],
      ...memoryStores(),
      users: { findById: () => user },
      onError: (error) => told.push(error),
    });
    const passports = new passport.Passport();
    passports.use(
      mfa.strategy(async (username) => {
        judged.push(username);
        return user;
      }),
    );
    passports.serializeUser((_user, done) => done(null, 'ada'));
    passports.deserializeUser((_id, done) => done(null, user));
    const app = express();
    app.use(sessionMiddleware, passports.initialize(), passports.session());
    app.post('/login', express.json(), passports.authenticate('mfa'), (_req, res) => res.json({ in: true }));
    app.post('/in', (req, res, next) => {
      mfa
        .describeSession(req)
        .then(() => req.login(user, (error) => (error ? next(error) : res.json({ in: true }))), next);
    });
    app.use('/guarded', mfa.guard(), (_req, res) => res.json({ in: true }));
    app.use(((error: Error, _req, res, _next) => {
      errors.push(error);
      res.status(500).json({ error: error.message });
    }) as express.ErrorRequestHandler);
    return { app, mfa, told, errors, judged };
  }

  it.each([
    ['/login', inBrowser, 'session-missing', 'cookie-session'],
    ['/guarded', inBrowser, 'session-missing', 'cookie-session'],
    ['/login', withoutStore, 'session-not-renewed', 'left the session id as it was'],
    ['/in', withoutStore, 'session-not-renewed', 'left the session id as it was'],
  ])('signs nobody in at %s, and says why', async (path, sessionMiddleware, code, words) => {
    const { app, mfa, told, errors, judged } = open(sessionMiddleware);
    const sent = path === '/guarded' ? request(app).get(path) : request(app).post(path);
    const answer = await sent
      .set({ accept: 'application/json' })
      .send({ username: 'ada', password: 'secret' });
    expect([answer.status, answer.body.error]).toEqual([500, expect.stringContaining(words)]);
    expect(errors.map((error) => Reflect.get(error, 'code'))).toEqual([code]);
    expect(told).toContain(errors[0]);
    // Without an id there is nothing to sign in to, whatever the password is.
    if (sessionMiddleware === inBrowser) expect(judged).toEqual([]);
    await mfa.close();
  });
});
