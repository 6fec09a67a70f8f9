import express from 'express';
import type { Express, RequestHandler } from 'express';
import passport from 'passport';
import {
  createMfa,
  createOutbox,
  memoryState,
  memoryRecords,
  type Mfa,
  type MfaOptions,
} from '../../src/index';
import type { AttackOptions } from '../../src/testing';
import { createClock } from './clock';
import { PASSWORD, portalUsers, TEST_KEY, type PortalUser } from './portal';

/** What is wrong with a host. */
export interface Flaw {
  readonly options?: Partial<MfaOptions<PortalUser>>;
  /** In place of `mfa.guard()`. */
  readonly guard?: (mfa: Mfa<PortalUser>) => RequestHandler;
  /** Above the pages and the guard. */
  readonly above?: (
    app: Express,
    host: { readonly mfa: Mfa<PortalUser>; readonly outbox: ReturnType<typeof createOutbox> },
  ) => void;
  /** Below the guard. */
  readonly below?: (app: Express, mfa: Mfa<PortalUser>) => void;
  /** In place of `passport.authenticate('mfa')`. */
  readonly signIn?: (passports: passport.Authenticator) => RequestHandler;
}

export interface AttackedHost {
  readonly app: Express;
  readonly options: AttackOptions;
  close(): Promise<void>;
}

/** A small host with a sign-in of its own, as a hurried developer may have built it. */
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
  app.use(mfa.sessions(), passports.initialize(), passports.session());
  app.use(express.urlencoded({ extended: false }), express.json());
  flaw.above?.(app, { mfa, outbox });
  app.use('/mfa', mfa.pages());
  const authenticate: RequestHandler = passports.authenticate('mfa', {
    successRedirect: '/',
    failureRedirect: '/mfa/login',
  });
  app.post('/login', flaw.signIn?.(passports) ?? authenticate);
  app.use(flaw.guard?.(mfa) ?? mfa.guard());
  flaw.below?.(app, mfa);
  app.get('/', (req, res) => {
    res.set('Cache-Control', 'no-store').json({ hello: (req.user as PortalUser | undefined)?.id });
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
      publicRoutes: ['POST /login'],
    },
    close: () => mfa.close(),
  };
}
