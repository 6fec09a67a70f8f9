import express from 'express';
import type { Express, RequestHandler } from 'express';
import passport from 'passport';
import { createMfa, createOutbox, memoryRecords, memoryState } from '../../src/index';
import type { Mfa, MfaOptions, Outbox } from '../../src/index';
import type { AttackOptions } from '../../src/testing';
import { createClock } from './clock';
import { PASSWORD, portalUsers, TEST_KEY, type PortalUser } from './portal';

interface HostParts {
  readonly app: Express;
  readonly mfa: Mfa<PortalUser>;
  readonly outbox: Outbox;
  readonly users: readonly PortalUser[];
  readonly authenticate: (options: passport.AuthenticateOptions) => RequestHandler;
}

/** What is wrong with a host. */
export interface Flaw {
  readonly options?: Partial<MfaOptions<PortalUser>>;
  /** In place of `mfa.guard()`. */
  readonly guard?: (guard: RequestHandler) => RequestHandler;
  /** Above the pages and the guard. */
  readonly above?: (host: HostParts) => void;
  /** Below the guard. */
  readonly below?: (host: HostParts) => void;
  /** In place of `passport.authenticate('mfa')`. */
  readonly signIn?: (host: HostParts) => RequestHandler;
  readonly publicRoutes?: readonly string[];
}

export interface AttackedHost {
  readonly app: Express;
  readonly options: AttackOptions;
  close(): Promise<void>;
}

/** A small host with a sign-in of its own, as somebody in a hurry may have built it. */
export function createBrokenHost(flaw: Flaw = {}): AttackedHost {
  const clock = createClock();
  const outbox = createOutbox({ clock });
  const users = portalUsers();
  const findById = (id: string) => users.find((user) => user.id === id);
  const mfa = createMfa<PortalUser>({
    issuer: 'Acme',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    records: memoryRecords(),
    state: memoryState(),
    users: { findById },
    email: outbox.email,
    clock,
    onError: () => undefined,
    ...flaw.options,
  });
  const passports = new passport.Passport();
  passports.use(
    mfa.strategy(async (username, password) => {
      const user = users.find((one) => one.username === username);
      return user?.password === password ? user : false;
    }),
  );
  passports.serializeUser<string>((user, done) => done(null, (user as PortalUser).id));
  passports.deserializeUser<string>((id, done) => done(null, findById(id) ?? false));

  const app = express();
  const authenticate = (options: passport.AuthenticateOptions) =>
    passports.authenticate('mfa', { failureRedirect: '/mfa/login', ...options }) as RequestHandler;
  const host = { app, mfa, outbox, users, authenticate };
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  app.use(express.urlencoded({ extended: false }), express.json());
  flaw.above?.(host);
  app.use('/mfa', mfa.pages());
  app.post('/login', flaw.signIn?.(host) ?? authenticate({ successRedirect: '/' }));
  app.use(flaw.guard?.(mfa.guard()) ?? mfa.guard());
  flaw.below?.(host);
  app.get('/', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ inside: true });
  });
  app.post('/notes', mfa.requireCsrfToken(), (_req, res) => {
    res.redirect(303, '/');
  });

  return {
    app,
    options: {
      mfa,
      person: { id: 'ada', username: 'ada', password: PASSWORD, organizationId: 'acme' },
      signIn: (browser, { username, password }) => browser.post('/login', { username, password }),
      outbox,
      clock,
      publicRoutes: ['POST /login', ...(flaw.publicRoutes ?? [])],
    },
    close: () => mfa.close(),
  };
}
