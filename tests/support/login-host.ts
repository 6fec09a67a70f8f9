import { memoryRecords, type Records } from './records';
import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Store } from 'express-session';
import passport from 'passport';
import { createMfa, createOutbox, memoryState } from '../../src/index';
import type {
  VerifyPassword,
  GuardOptions,
  Mfa,
  MfaOptions,
  MfaStrategyOptions,
  Outbox,
} from '../../src/index';
import { createClock, type SettableClock } from './clock';
import { PASSWORD, portalUsers, TEST_KEY, type PortalUser } from './portal';

/** What the host had before, and what a test adds to it. */
export interface LoginHost {
  readonly app: Express;
  readonly mfa: Mfa<PortalUser>;
  readonly passports: passport.Authenticator;
  readonly clock: SettableClock;
  readonly outbox: Outbox;
  readonly records: Records;
  readonly users: Map<string, PortalUser>;
  /** What the host flashed: kind and message. */
  readonly flashes: (readonly [string, unknown])[];
  /** What reached the error handlers. */
  readonly errors: unknown[];
}

interface LoginHostChange {
  readonly express?: typeof express;
  readonly createPassport?: () => passport.Authenticator;
  readonly store?: Store;
  readonly options?: Partial<MfaOptions<PortalUser>>;
  readonly strategy?: MfaStrategyOptions & { readonly passReqToCallback?: false };
  /** What the verify callback says beside the user, or beside `false`. */
  readonly info?: unknown;
  /** Called before the body parsers and the session. */
  readonly first?: (app: Express) => void;
  /** The host's own sign-in. Without it `POST /login` leads to `/home`. */
  readonly login?: (
    host: Pick<LoginHost, 'app' | 'passports' | 'mfa'> & { readonly verify: VerifyPassword<PortalUser> },
  ) => void;
  readonly guard?: GuardOptions;
  /** `req.flash` is there only below our pages. */
  readonly flashBelowPages?: boolean;
  /** Routes below the guard. */
  readonly guarded?: (app: Express, mfa: Mfa<PortalUser>) => void;
}

export const CREDENTIALS = { username: 'ada', password: PASSWORD };

/** An app with an express-session and a sign-in of its own, as most are before MFA comes. */
export function createLoginHost(change: LoginHostChange = {}): LoginHost {
  const { express: build = express, info } = change;
  const clock = createClock();
  const outbox = createOutbox({ clock });
  const records = memoryRecords();
  const users = new Map(portalUsers().map((user) => [user.id, user]));
  const flashes: (readonly [string, unknown])[] = [];
  const errors: unknown[] = [];
  const mfa = createMfa<PortalUser>({
    issuer: 'Acme Portal',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    records,
    state: memoryState(),
    email: outbox.email,
    sms: outbox.sms,
    users: {
      findById: (id) => users.get(id),
      findByIds: async (ids) => ids.map((id) => users.get(id)).filter((user) => user !== undefined),
      list: async () => ({ users: [...users.values()] }),
      count: async () => users.size,
    },
    clock,
    onError: (error) => errors.push(error),
    ...change.options,
  });
  const passports = change.createPassport?.() ?? new passport.Passport();
  const verify: VerifyPassword<PortalUser> = (username, password, done) => {
    const user = [...users.values()].find((candidate) => candidate.username === username);
    done(null, user?.password === password ? user : false, info);
  };
  passports.use(mfa.strategy(verify, change.strategy));
  passports.serializeUser<string>((user, done) => done(null, (user as PortalUser).id));
  passports.deserializeUser<string>((id, done) => done(null, users.get(id) ?? false));

  const app = build();
  change.first?.(app);
  const { store } = change;
  app.use(
    session({
      secret: 'of the host',
      resave: false,
      saveUninitialized: false,
      ...(store === undefined ? {} : { store }),
    }),
  );
  app.use(build.urlencoded({ extended: false }), build.json());
  const addFlash: RequestHandler = (req, _res, next) => {
    const flash = (kind: string, message: unknown) => flashes.push([kind, message]);
    Object.assign(req, { flash });
    next();
  };
  if (change.flashBelowPages !== true) app.use(addFlash);
  app.use(passports.initialize(), passports.session());
  app.use('/mfa', mfa.pages());
  if (change.flashBelowPages === true) app.use(addFlash);
  if (change.login === undefined) {
    app.post(
      '/login',
      passports.authenticate('mfa', { successReturnToOrRedirect: '/home', failureRedirect: '/login' }),
    );
  } else {
    change.login({ app, passports, mfa, verify });
  }
  app.use(mfa.guard(change.guard));
  app.get(['/home', '/reports'], (req, res) => {
    res.send(`<h1>Hello ${(req.user as PortalUser).id} at ${req.path}</h1>`);
  });
  change.guarded?.(app, mfa);
  app.use((error: Error & { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    errors.push(error);
    if (res.headersSent) return next(error);
    res.status(error.status ?? 500).json({ error: error.message });
  });
  return { app, mfa, passports, clock, outbox, records, users, flashes, errors };
}
