import type { Request, RequestHandler, Router } from 'express';
import { checkCalls } from './call-check';
import { MFA_RULES } from './call-rules';
import { ClockWatch } from './clock-watch';
import { createKeyRing } from './core/key-ring';
import { createDelivery } from './delivery/delivery';
import { createDirectory } from './directory';
import { EventRecorder } from './event-recorder';
import type { MfaEvents } from './event-recorder';
import { requireDurableRecords } from './durable-records';
import { createFactors } from './factors/registry';
import type { AdministratorsOf } from './flows/admin/administrator';
import { JOB_NAMES } from './flows/admin/background-jobs';
import { keepMembersIndexed } from './flows/admin/index-members';
import { resumeJobs } from './flows/admin/resume-jobs';
import { BackgroundWork } from './flows/background-work';
import { checkSetup } from './flows/check-setup';
import { EnrollmentNotes } from './flows/enrollment-notes';
import type { CheckOptions, SetupReport } from './flows/check-setup';
import { requireUserList } from './http/admin/admin-options';
import type { AdminPagesOptions } from './http/admin/admin-options';
import { administratorsFrom } from './http/admin/organizations';
import { createAdminRouter } from './http/admin/router';
import { retryDue, retryNowAndThen } from './flows/retry-notices';
import { idText } from './host-actor';
import { recordFirstFactor } from './http/record-first-factor';
import type { FirstFactorChannel } from './http/record-first-factor';
import { recordPasswordChange } from './http/record-password-change';
import type { PasswordChangeOptions } from './http/record-password-change';
import { startOnboarding } from './http/onboarding';
import type { OnboardingOptions } from './http/onboarding';
import { createHttpParts } from './http/create-http-parts';
import { describeSession } from './http/describe-session';
import type { SessionDescription } from './http/describe-session';
import { createGuard, createRequireStepUp } from './http/guard';
import type { GuardOptions, StepUpOptions } from './http/guard';
import type { HttpContext } from './http/http-context';
import { MfaStrategy } from './http/mfa-strategy';
import type { MfaStrategyOptions } from './http/mfa-strategy';
import { checkCsrf } from './http/pages/check-csrf';
import { createPagesRouter } from './http/pages/router';
import { SMS_STATUS_PATH } from './http/pages/sms-status';
import { createPasswordApi } from './http/password-api';
import type { PasswordApiOptions } from './http/password-api';
import { PasswordLimiter } from './flows/password-limits';
import { PasswordCheck } from './http/password-check';
import type { VerifyPassword, VerifyPasswordOfRequest } from './http/password-check';
import { createSessionMiddleware } from './http/session-middleware';
import type { SessionOptions } from './http/session-middleware';
import { resolveOptions } from './options';
import type { MfaOptions } from './options';
import { createProgrammaticApi } from './create-programmatic-api';
import type { HostId, ProgrammaticApi } from './programmatic-api';
import { refuseUncalled } from './refuse-uncalled';

/**
 * What `createMfa` returns. Every function refuses an argument or an option that is missing, unknown or of a wrong type, by
 * throwing {@link ConfigurationError} before it does anything; one that answers with a promise rejects with it.
 */
export interface Mfa<User extends Express.User = Express.User> extends ProgrammaticApi {
  /** express-session set up on the state's store. Optional: any express-session before the other middleware does. */
  sessions(options?: SessionOptions): RequestHandler;
  /**
   * A Passport strategy named `mfa`. It takes the callback that passport-local takes, or one that returns a promise.
   */
  strategy(
    verify: VerifyPassword<User>,
    options?: MfaStrategyOptions & { readonly passReqToCallback?: false },
  ): MfaStrategy;
  strategy(
    verify: VerifyPasswordOfRequest<User>,
    options: MfaStrategyOptions & { readonly passReqToCallback: true },
  ): MfaStrategy;
  /** The pages, to be mounted at `pagesPath`. */
  pages(): Router;
  /**
   * The administrators' pages, to be mounted at `adminPath`.
   * @throws ConfigurationError also where `users.list` is missing, by which they list people.
   * @example
   * app.use('/admin/mfa', mfa.adminPages({ organizationsOf: (req) => organizationsAdministeredBy(req.user) }));
   */
  adminPages(options: AdminPagesOptions): Router;
  /** Everything mounted after it obeys the policy. */
  guard(options?: GuardOptions): RequestHandler;
  /** A route that wants a second factor no older than this. */
  requireStepUp(options: StepUpOptions): RequestHandler;
  /** For routes that programs call with a password and no session. */
  passwordApi(options?: PasswordApiOptions): RequestHandler;
  /** How the person of this request signed in; null where nobody did. */
  describeSession(req: Request): Promise<SessionDescription | null>;
  /**
   * Where a person goes who has just signed up and was signed in: to protecting the account, where the organization wants
   * that, or straight to `returnTo` (a local path; the default way on otherwise).
   * @example
   * req.login(user, async (error) => error ? next(error) : res.redirect(303, await mfa.startOnboarding(req)));
   */
  startOnboarding(req: Request, options?: OnboardingOptions): Promise<string>;
  /**
   * Says that the person has just proven who they are, and through what: their session begins now, also where `req.login` could not be
   * seen. A code sent to the address is no second factor in that session. Call it after `req.login`; with an address also
   * before the sign-in that follows in the same browser.
   * @throws MfaError `session-not-renewed` where this request signed nobody in and no address is given.
   * @example
   * await mfa.recordFirstFactor(req, { channel: 'email', address: user.email });
   */
  recordFirstFactor(req: Request, channel?: FirstFactorChannel): Promise<void>;
  /** @deprecated The name of `recordFirstFactor` before; it goes with the next release. */
  noteFirstFactor(req: Request, channel: FirstFactorChannel): Promise<void>;
  /**
   * Says that a password was changed: every session of the person, sign-in in progress and remembered browser ends, but for the session of
   * `keep`. The person is told by email.
   * @throws TypeError where nobody of that id is signed in in `keep`.
   * @example
   * await mfa.recordPasswordChange(user.id, { keep: req });
   */
  recordPasswordChange(userId: HostId, options?: PasswordChangeOptions): Promise<void>;
  /** The token that a form on a page of the host's carries as `_csrf`, such as a log-out button that posts to our pages. */
  csrfToken(req: Request): string;
  /** Refuses a form of the host's without that token, by passing {@link MfaError} `csrf-token-refused` on. */
  requireCsrfToken(): RequestHandler;
  readonly events: MfaEvents;
  /**
   * Looks at what a start can get wrong: keys, the settings of the stores, clocks, cookies behind a proxy, whether messages can
   * be sent, and options that weaken something. Never rejects. Fit for a health endpoint that is not asked every second.
   * @example
   * const { ok, findings } = await mfa.check({ app });
   * for (const { level, message } of findings) console.warn(level, message);
   */
  check(options?: CheckOptions): Promise<SetupReport>;
  /**
   * Sends again what the mail server did not take, as far as it is due, and resolves with how many notices went out. Calls of
   * `users.noteEnrolled` that failed are made again too. The
   * package calls it twice a minute by itself; whoever starts a process for a moment only can call it too.
   */
  retryNotices(): Promise<number>;
  /** Resolves when every notice under way has been sent and every event stored. */
  settled(): Promise<void>;
  /** Stops looking for notices to send again, and settles. Call it before the process ends and the stores go. */
  close(): Promise<void>;
}

/**
 * Wires the package for one app. Every option is checked here.
 * @throws ConfigurationError naming the option, what was passed, what is allowed and what to write instead.
 * @example
 * const mfa = createMfa({ issuer: 'Acme Portal', baseUrl: 'https://portal.example.com', keys: [process.env.MFA_KEY],
 *   records: redisRecords(redis), state: redisState(redis), users, email: smtpEmail({ transport, from }) });
 */
export function createMfa<User extends Express.User>(given: MfaOptions<User>): Mfa<User> {
  const options = resolveOptions(given);
  const { state, clock, onError } = options;
  const mustLast = process.env['NODE_ENV'] === 'production' && !options.dangerouslyAcceptVolatileRecords;
  const records = mustLast ? requireDurableRecords(options.records) : options.records;
  const keyRing = createKeyRing(options.keys);
  const keep = { maxCount: options.events.keepCount, maxAgeSeconds: options.events.keepSeconds };
  const events = new EventRecorder({ records, clock, keep, onError });
  const callback =
    options.sms?.readStatus === undefined || !options.secure
      ? {}
      : { statusCallbackUrl: `${options.baseUrl}${options.pagesPath}${SMS_STATUS_PATH}` };
  const delivery = createDelivery({ ...options, ...callback, onFailure: ({ error }) => onError(error) });
  const { passwordThrottle: throttle } = options;
  const limiter =
    throttle === null ? null : new PasswordLimiter({ state, keyRing, clock, events, throttle, onError });
  const http = createHttpParts({ options, keyRing, clock });
  const directory = createDirectory(options, http.advice);
  const context: HttpContext = {
    ...http,
    options,
    clock,
    records,
    state,
    keyRing,
    delivery,
    events,
    directory,
    enrollmentNotes: new EnrollmentNotes({ directory, records, onError }),
    factors: createFactors({ records, state, keyRing, totpWindow: options.totpWindow }),
    passwords: new PasswordCheck(limiter),
    background: new BackgroundWork(onError),
    clocks: new ClockWatch({ clock, onError }),
  };
  if (options.users.list !== undefined) {
    keepMembersIndexed(context);
    resumeJobs(context);
  }
  const retrying = retryNowAndThen(context);
  async function settle(): Promise<void> {
    await delivery.settled();
    await events.settled();
    // A long job goes on at the next start.
    await context.background.settled(JOB_NAMES);
  }
  /** As the administrators' pages name them, who are told of the host's acts too. */
  const administrators: { of: AdministratorsOf } = { of: async () => [] };
  const mfa: Mfa<User> = {
    ...createProgrammaticApi(context, {
      administratorsOf: (id) => administrators.of(id),
      users: options.users,
    }),
    events: {
      on: (name, listener) => events.on(name, listener),
      off: (name, listener) => events.off(name, listener),
      settled: () => events.settled(),
    },
    sessions: (sessionOptions) => createSessionMiddleware(context, sessionOptions),
    strategy: (verify: (...args: never[]) => unknown, strategyOptions?: MfaStrategyOptions) =>
      new MfaStrategy(context, verify, strategyOptions),
    pages: () => createPagesRouter(context),
    adminPages(adminOptions) {
      requireUserList(options.users);
      if (adminOptions.administratorsOf !== undefined) {
        administrators.of = administratorsFrom(context, adminOptions);
      }
      return createAdminRouter(context, adminOptions);
    },
    guard: (guardOptions) => createGuard(context, guardOptions),
    requireStepUp: (stepUpOptions) => createRequireStepUp(context, stepUpOptions),
    passwordApi: (apiOptions) => createPasswordApi(context, apiOptions),
    describeSession: (req) => describeSession(context, req),
    startOnboarding: (req, onboarding = {}) => startOnboarding(context, req, onboarding.returnTo),
    recordFirstFactor: (req, channel) => recordFirstFactor(context, req, channel),
    noteFirstFactor: (req, channel) => recordFirstFactor(context, req, channel),
    recordPasswordChange: (userId, change = {}) => recordPasswordChange(context, idText(userId), change),
    csrfToken: (req) => context.csrf.token(req),
    requireCsrfToken: () => checkCsrf(context),
    check: (checkOptions = {}) => checkSetup(context, checkOptions, context.proxies),
    retryNotices: () => retryDue(context),
    settled: settle,
    async close() {
      retrying.stop();
      await settle();
      await context.background.stop();
    },
  };
  return refuseUncalled(checkCalls(mfa, MFA_RULES), http.advice);
}
