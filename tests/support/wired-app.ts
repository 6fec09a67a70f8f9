import { memoryRecords } from './records';
import type { Express, RequestHandler } from 'express';
import passport from 'passport';
import { createMfa, createOutbox, memoryState } from '../../src/index';
import type { Mfa, MfaOptions } from '../../src/index';
import { createClock } from './clock';
import type { expressMajors } from './majors';
import { PASSWORD, TEST_KEY } from './portal';

type Build = (typeof expressMajors)[number]['express'];

interface WiredUser {
  readonly id: string | number;
  readonly username: string;
  readonly email: string;
}

/** The pieces of an app that has not been put together yet. */
export interface Pieces {
  readonly build: Build;
  readonly mfa: Mfa<WiredUser>;
  readonly passport: passport.Authenticator;
  /** What a host mounts first. */
  readonly sessions: RequestHandler[];
  /** The host's own sign-in page, whose form posts to the same path. */
  readonly signIn: { readonly show: RequestHandler; readonly submit: RequestHandler[] };
}

export interface WiredApp {
  readonly app: Express;
  readonly mfa: Mfa<WiredUser>;
  /** What the developer was told. */
  readonly errors: Error[];
  readonly clock: ReturnType<typeof createClock>;
}

const ADA: WiredUser = { id: 'ada', username: 'ada', email: 'ada@acme.example' };

/** An app that a test puts together, rightly or wrongly. Everybody who signs in is Ada, and has to set up a second factor. */
export function wireApp(
  build: Build,
  wire: (app: Express, pieces: Pieces) => void,
  {
    options = {},
    user = ADA,
    strategy = true,
  }: {
    readonly options?: Partial<MfaOptions<WiredUser>>;
    readonly user?: WiredUser;
    readonly strategy?: boolean;
  } = {},
): WiredApp {
  const errors: Error[] = [];
  const clock = createClock();
  const mfa = createMfa<WiredUser>({
    issuer: 'Shop',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    records: memoryRecords(),
    state: memoryState(),
    users: { findById: (id) => (id === String(user.id) ? user : undefined) },
    email: createOutbox({ clock }).email,
    defaultPolicy: { enabled: true, enrollment: 'required' },
    clock,
    onError: (error) => errors.push(error as Error),
    ...options,
  });
  const passports = new passport.Passport();
  if (strategy) passports.use(mfa.strategy(async (_username, password) => password === PASSWORD && user));
  passports.serializeUser((_user, done) => done(null, user.id));
  passports.deserializeUser((_id, done) => done(null, user));
  const app = build();
  wire(app, {
    build,
    mfa,
    passport: passports,
    // Made when asked for: an app with a session middleware of its own never calls it.
    get sessions() {
      return [mfa.sessions(), passports.initialize(), passports.session()];
    },
    signIn: {
      show: (_req, res) => void res.send('<h1>The sign-in page of the host</h1>'),
      submit: [
        build.urlencoded({ extended: false }),
        passports.authenticate('mfa', { successRedirect: '/' }),
      ],
    },
  });
  app.use(((error: Error & { status?: number }, _req, res, _next) => {
    res.status(error.status ?? 500).json({ error: error.message });
  }) as import('express').ErrorRequestHandler);
  return { app, mfa, errors, clock };
}
