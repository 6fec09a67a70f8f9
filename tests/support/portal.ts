import { memoryRecords, withRules, type Records } from './records';
import express from 'express';
import type { Express } from 'express';
import passport from 'passport';
import { createMfa, createOutbox, memoryState } from '../../src/index';
import type { Mfa, MfaOptions, Outbox, StateStore, UserDirectory, VerifyPassword } from '../../src/index';
import { createClock } from './clock';

/** A user of the test portal. */
export interface PortalUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly organizationId?: string;
  readonly federated?: boolean;
  readonly hasPassword?: boolean;
  readonly mfaEnrolled?: boolean;
  readonly active?: boolean;
  readonly locale?: string;
}

export interface Portal {
  readonly app: Express;
  readonly mfa: Mfa<PortalUser>;
  readonly clock: ReturnType<typeof createClock>;
  readonly outbox: Outbox;
  readonly records: Records;
  readonly state: StateStore;
  /** Changeable: the host's user table. */
  readonly users: Map<string, PortalUser>;
  readonly errors: unknown[];
}

export const PASSWORD = 'correct horse battery staple';
export const TEST_KEY = 'BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g=';

/** The users most tests need; others are added by the test. */
export function portalUsers(): PortalUser[] {
  const base = { password: PASSWORD, organizationId: 'acme' };
  return [
    { ...base, id: 'ada', username: 'ada', name: 'Ada', email: 'ada@acme.example' },
    {
      ...base,
      id: 'mary',
      username: 'mary',
      name: 'Mary',
      email: 'mary@acme.example',
      phone: '+442079460018',
    },
    { ...base, id: 'sync', username: 'sync', name: 'Nightly sync', email: 'sync@acme.example' },
    { ...base, id: 'linus', username: 'linus', name: 'Linus', email: 'linus@acme.example', federated: true },
  ];
}

/**
 * A small host on real Express, express-session and Passport, with the pages, a guarded page and a step-up route.
 * `addRoutes` adds routes below the guard.
 */
export function createPortal(
  change: Partial<MfaOptions<PortalUser>> & {
    readonly users?: never;
    /** Judges passwords in place of the user table. */
    readonly verify?: VerifyPassword<PortalUser>;
    /** What the user table does besides. */
    readonly directory?: Partial<UserDirectory<PortalUser>>;
  } = {},
  addRoutes: (app: Express, mfa: Mfa<PortalUser>) => void = () => undefined,
): Portal {
  const { directory, verify, ...options } = change;
  const clock = createClock();
  const outbox = createOutbox({ clock });
  const records = withRules(change.records ?? memoryRecords());
  const state = change.state ?? memoryState();
  const users = new Map(portalUsers().map((user) => [user.id, user]));
  const errors: unknown[] = [];
  const mfa = createMfa<PortalUser>({
    issuer: 'Acme Portal',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    email: outbox.email,
    sms: outbox.sms,
    clock,
    onError: (error) => errors.push(error),
    ...options,
    records,
    state,
    users: {
      findById: (id) => users.get(id),
      findByIds: async (ids) => ids.map((id) => users.get(id)).filter((user) => user !== undefined),
      count: async () => users.size,
      ...directory,
    },
  });
  const passports = new passport.Passport();
  passports.use(
    mfa.strategy(
      verify ??
        (async (username, password) => {
          const user = [...users.values()].find((candidate) => candidate.username === username);
          return user?.password === password ? user : false;
        }),
    ),
  );
  passports.serializeUser<string>((user, done) => done(null, (user as PortalUser).id));
  passports.deserializeUser<string>((id, done) => done(null, users.get(id) ?? false));
  const app = express();
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  app.use('/mfa', mfa.pages());
  app.post(
    '/login',
    express.urlencoded({ extended: false }),
    express.json(),
    passports.authenticate('mfa', { successRedirect: '/', failureRedirect: '/login?failed' }),
  );
  app.post('/sso/:id', (req, res, next) => {
    const user = users.get(String(req.params.id));
    if (user === undefined) return next();
    const keepSessionInfo = req.query['keep'] === 'yes';
    req.logIn(user, { session: true, keepSessionInfo }, (error) => (error ? next(error) : res.redirect('/')));
  });
  app.post('/signed-up', (req, res, next) => {
    mfa.startOnboarding(req, { returnTo: '/plain' }).then((path) => res.redirect(303, path), next);
  });
  /** A link in a mail that signs its reader in. */
  app.post('/link/:id', (req, res, next) => {
    const user = users.get(String(req.params.id));
    if (user?.email === undefined) return next();
    const { email: address } = user;
    req.logIn(user, (error) => {
      if (error) return next(error);
      mfa.noteFirstFactor(req, { channel: 'email', address }).then(() => res.redirect('/'), next);
    });
  });
  /** A link in a mail that lets its reader choose a new password, and asks for it at once. */
  app.post('/reset/:address', (req, res, next) => {
    const address = String(req.params.address);
    mfa.noteFirstFactor(req, { channel: 'email', address }).then(() => res.redirect('/mfa/login'), next);
  });
  app.get('/whoami', (req, res) => {
    res.json({ authenticated: req.isAuthenticated(), id: (req.user as PortalUser | undefined)?.id ?? null });
  });
  app.use('/api', mfa.passwordApi(), (req, res) => res.json({ pong: (req.user as PortalUser).id }));
  app.use(mfa.guard());
  app.get('/plain', (_req, res) => {
    res.json({ plain: true });
  });
  app.all('/', (req, res, next) => {
    mfa
      .describeSession(req)
      .then((session) => res.json({ user: (req.user as PortalUser).id, session }), next);
  });
  app.post('/payouts', mfa.requireStepUp({ maxAgeSeconds: 300 }), (_req, res) => res.json({ paid: true }));
  addRoutes(app, mfa);
  app.use(
    (
      error: Error & { status?: number },
      _req: express.Request,
      res: express.Response,
      next: express.NextFunction,
    ) => {
      errors.push(error);
      if (res.headersSent) return next(error);
      res.status(error.status ?? 500).json({ error: error.message });
    },
  );
  return { app, mfa, clock, outbox, records, state, users, errors };
}
