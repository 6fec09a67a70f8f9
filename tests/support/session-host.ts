import type { Records } from './records';
import { randomUUID } from 'node:crypto';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { createMfa } from '../../src/index';
import type { Mfa, MfaOptions, StateStore } from '../../src/index';
import { createClock } from './clock';
import { createHttpAgent } from './http-agent';
import { TEST_KEY } from './portal';

export interface SessionUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly organizationId: string;
  readonly federated?: boolean;
  readonly hasPassword?: boolean;
  readonly active?: boolean;
}

export interface SessionHostOptions {
  readonly records: Records;
  readonly state: StateStore;
  /** `mfa.sessions()`, or an express-session of the host’s own. */
  readonly sessions: 'ours' | 'of the host';
  readonly mfa?: Partial<Omit<MfaOptions<SessionUser>, 'users'>>;
  /** Routes above the guard, beside those that are there. */
  readonly addRoutes?: (host: {
    readonly app: Express;
    readonly mfa: Mfa<SessionUser>;
    readonly passports: passport.Authenticator;
    readonly users: Map<string, SessionUser>;
  }) => void;
  /** After the session, before Passport. */
  readonly beforePassport?: RequestHandler;
  readonly createPassport?: () => passport.Authenticator;
}

/** Lets a request stay inside until it is told to go on. */
export function createGate() {
  let enter = (): void => undefined;
  let leave = (): void => undefined;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const left = new Promise<void>((resolve) => (leave = resolve));
  return { enter: () => enter(), leave: () => leave(), entered, left };
}

type Act = (req: Request, done: (error?: unknown) => void) => void;

function answer(act: Act): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) =>
    act(req, (error) => (error === undefined || error === null ? res.json({ done: true }) : next(error)));
}

/** A host with many ways to begin, renew and leave a session, all of them above the guard. */
export function openSessionHost(options: SessionHostOptions) {
  const clock = createClock();
  const users = new Map<string, SessionUser>();
  const errors: unknown[] = [];
  const { records, state } = options;
  const mfa = createMfa<SessionUser>({
    issuer: 'Shop',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    clock,
    defaultPolicy: { enabled: true, enrollment: 'assigned' },
    onError: (error) => errors.push(error),
    ...options.mfa,
    records,
    state,
    users: { findById: (id) => users.get(id) },
  });
  const passports = options.createPassport?.() ?? new passport.Passport();
  passports.use(
    mfa.strategy(async (username, password) => {
      const user = users.get(username);
      return user?.password === password ? user : false;
    }),
  );
  passports.serializeUser((user, done) => done(null, (user as SessionUser).id));
  passports.deserializeUser((id: string, done) => done(null, users.get(id) ?? false));
  let gate = createGate();

  const userOf = (req: Request) => users.get(String(req.params['id'])) as SessionUser;
  const copying =
    (keep: (data: object) => object): Act =>
    (req, done) => {
      const { cookie: _cookie, ...data } = req.session;
      req.session.regenerate((error: unknown) => {
        if (error !== undefined && error !== null) return done(error);
        Object.assign(req.session, keep(data));
        req.session.save(done);
      });
    };
  const put = (req: Request) => Object.assign(req.session, { passport: { user: userOf(req).id } });

  const app = express();
  const readSession =
    options.sessions === 'ours'
      ? mfa.sessions()
      : session({ name: 'session', secret: 'of the host', resave: false, saveUninitialized: false });
  app.use(readSession);
  if (options.beforePassport !== undefined) app.use(options.beforePassport);
  app.use(passports.initialize(), passports.session());
  app.use('/mfa', mfa.pages());
  app.post('/login', express.json(), passports.authenticate('mfa'), (_req, res) => res.json({ done: true }));
  app.post(
    '/in/:id',
    answer((req, done) => req.login(userOf(req), done)),
  );
  // As a version of this package did that knew of no start, and as a host does that has no `req.login`.
  app.post(
    '/plant/:id',
    answer((req, done) => {
      put(req);
      req.session.save(done);
    }),
  );
  app.post(
    '/plant-anew/:id',
    answer((req, done) =>
      req.session.regenerate(() => {
        put(req);
        req.session.save(done);
      }),
    ),
  );
  app.post('/copy', answer(copying((data) => data)));
  app.post('/copy-passport', answer(copying((data) => ({ passport: Reflect.get(data, 'passport') }))));
  app.post(
    '/refresh',
    answer((req, done) => (req.user ? req.login(req.user, done) : done())),
  );
  app.post(
    '/out',
    answer((req, done) => req.logout(done)),
  );
  app.post(
    '/out-keeping',
    answer((req, done) => req.logout({ keepSessionInfo: true }, done)),
  );
  app.post(
    '/regenerate',
    answer((req, done) => req.session.regenerate(done)),
  );
  app.post(
    '/destroy',
    answer((req, done) => req.session.destroy(done)),
  );
  /** Begins the session of a visitor, who signs in later. */
  app.post('/basket', (req, res) => {
    Object.assign(req.session, { basket: ['tea'] });
    res.json({ kept: true });
  });
  app.post('/slow', (req, res, next) => {
    gate.enter();
    gate.left.then(() => {
      Object.assign(req.session, { visit: randomUUID() });
      res.json({ slow: true });
    }, next);
  });
  app.get('/describe', (req, res, next) => {
    mfa.describeSession(req).then((described) => res.json({ described }), next);
  });
  options.addRoutes?.({ app, mfa, passports, users });
  app.use(mfa.guard());
  app.get('/inside', (req, res) => res.json({ inside: (req.user as SessionUser).id }));
  app.use((error: Error & { status?: number }, _req: Request, res: Response, _next: NextFunction) => {
    errors.push(error);
    res.status(error.status ?? 500).json({ error: error.message });
  });

  return {
    app,
    mfa,
    passports,
    readSession,
    clock,
    users,
    errors,
    records,
    state,
    holdGate: () => (gate = createGate()),
    visit: () => createHttpAgent(app),
    addUser(fields: Partial<SessionUser> = {}): SessionUser {
      const id = randomUUID();
      const user = {
        id,
        username: id,
        password: 'open sesame',
        email: `${id}@shop.example`,
        organizationId: `organization-${id}`,
        ...fields,
      };
      users.set(id, user);
      return user;
    },
  };
}

export type SessionHost = ReturnType<typeof openSessionHost>;
