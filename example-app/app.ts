import { isIP } from 'node:net';
import { join } from 'node:path';
import { createMfa, createOutbox, memoryRecords, memoryState } from 'express-mfa';
import type {
  Clock,
  EmailSender,
  LanguageOptions,
  Mfa,
  Outbox,
  RecordStore,
  SmsSender,
  StateStore,
} from 'express-mfa';
import express from 'express';
import type { Express } from 'express';
import helmet from 'helmet';
import { Passport } from 'passport';
import { ORGANIZATIONS } from './accounts';
import { answerUnknown, createErrorPage } from './error-page';
import { outboxPages } from './outbox-pages';
import { portalPages } from './portal-pages';
import { seed } from './seed';
import { signUpPages } from './sign-up-pages';
import { singleSignOnPages } from './single-sign-on-pages';
import { createUserTable, toUser } from './user-table';
import type { User, UserTable } from './user-table';

export interface ExampleAppOptions {
  readonly baseUrl: string;
  /** One or more secrets of 32 random bytes in base64. */
  readonly keys: readonly string[];
  /** Default: in memory. */
  readonly records?: RecordStore | undefined;
  readonly state?: StateStore | undefined;
  /** Default: the outbox, a page of this app. */
  readonly email?: EmailSender | undefined;
  readonly sms?: SmsSender | undefined;
  readonly clock?: Clock | undefined;
  /** Express's setting: how many proxies stand in front, or their addresses. Default: none. */
  readonly trustProxy?: number | string | undefined;
  /** Whether the sign-in page takes a passkey in place of name and password. Default: no. */
  readonly passkeySignIn?: boolean | undefined;
  /** Default: every language that the package has, without a menu. */
  readonly languages?: LanguageOptions | undefined;
  /** Default: standard error. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface ExampleApp {
  readonly app: Express;
  readonly mfa: Mfa<User>;
  readonly users: UserTable;
  /** Null where every message really leaves. */
  readonly outbox: Outbox | null;
  /** Waits for notices that are under way. */
  close(): Promise<void>;
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now() };

/** A portal with accounts, sign-up and a page about money, protected by express-mfa. */
export async function createExampleApp(options: ExampleAppOptions): Promise<ExampleApp> {
  const { baseUrl, keys, clock = SYSTEM_CLOCK, onError = console.error } = options;
  const { records = memoryRecords(), state = memoryState() } = options;
  const isProduction = process.env['NODE_ENV'] === 'production';
  const outbox = options.email !== undefined && options.sms !== undefined ? null : createOutbox({ clock });
  const email = options.email ?? outbox?.email;
  const sms = options.sms ?? outbox?.sms;
  const users = await createUserTable();

  // Browsers have passkeys for names only.
  const offersPasskeys = isIP(new URL(baseUrl).hostname) === 0;

  const mfa = createMfa<User>({
    issuer: 'Acme Portal',
    baseUrl,
    keys,
    records,
    state,
    users: users.directory,
    email,
    sms,
    clock,
    onError,
    ...options.languages,
    ...(offersPasskeys ? { passkeys: { signIn: options.passkeySignIn === true } } : {}),
  });
  await seed(mfa, { clock, offersPasskeys });

  const passport = new Passport();
  passport.use(mfa.strategy((username, password) => users.verify(username, password)));
  passport.serializeUser<string>((user, done) => done(null, toUser(user).id));
  passport.deserializeUser<string>((id, done) => done(null, users.findById(id) ?? false));

  const app = express();
  // Limits count by the visitor's address, which is the proxy's until Express knows of it.
  if (options.trustProxy !== undefined) app.set('trust proxy', options.trustProxy);
  app.set('view engine', 'ejs').set('views', join(__dirname, 'views'));
  app.locals['issuer'] = 'Acme Portal';
  app.locals['outbox'] = outbox !== null;
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(mfa.sessions());
  app.use(passport.initialize(), passport.session());

  app.use('/mfa', mfa.pages());
  app.get('/api/ping', mfa.passwordApi(), function answerPing(_req, res) {
    res.json({ pong: clock.now() });
  });
  if (email !== undefined) app.use(signUpPages({ mfa, users, email, baseUrl, clock, state, onError }));
  // Both are for looking around: one shows codes to everybody, the other lets everybody in as Linus.
  if (outbox !== null) app.use(outboxPages(outbox));
  if (!isProduction) app.use(singleSignOnPages({ mfa, users }));

  app.use(
    '/admin/mfa',
    mfa.adminPages({
      organizationsOf: (req) => administeredBy(req.user),
      administratorsOf: (id) => users.administratorsOf(id).map((user) => user.id),
    }),
  );
  app.use(mfa.guard());
  app.use(portalPages(mfa));
  app.use(answerUnknown, createErrorPage(onError));

  return { app, mfa, users, outbox, close: () => mfa.close() };
}

function administeredBy(user: Express.User | undefined) {
  const ids = user === undefined ? [] : (toUser(user).administers ?? []);
  return ids.map((id) => ({ id, name: ORGANIZATIONS[id] }));
}
