import { createProgrammaticApi } from './api/create-api';
import { createErasureApi } from './api/erasure-api';
import { createEventsApi } from './api/events-api';
import { idText } from './api/host-actor';
import type { Mfa } from './api/mfa';
import { MFA_RULES } from './api/mfa-rules';
import { createKeyRing } from './core/proof/key-ring';
import { createDelivery } from './delivery/delivery';
import { ClockWatch } from './events/advice';
import { EventRecorder } from './events/event-recorder';
import type { FactorTools } from './factors/factor';
import { bindWayIn, createFactors } from './factors/find-factor';
import { joinAdministrators } from './flows/admin/admin-authority';
import { JOB_PREFIX } from './flows/admin/background-jobs';
import { keepMembersIndexed, resumeJobs } from './flows/admin/keep-indexes';
import { BackgroundWork } from './flows/context/background-work';
import { checkSetup } from './flows/context/check-setup';
import { EnrollmentNotes } from './flows/enrollment/enrollment-notes';
import { retryDue, retryPeriodically } from './flows/notices/send-notice';
import { PasswordLimiter } from './flows/sign-in/password-limits';
import { queueWebhooks } from './flows/webhooks/send-webhook';
import { administratorsFrom, requireUserList } from './http/admin/admin-options';
import { createAdminRouter } from './http/admin/router';
import { checkCsrf } from './http/kernel/check-csrf';
import { createHttpParts, type HttpContext } from './http/kernel/http-context';
import { createPagesRouter, createRelatedOrigins } from './http/pages/router';
import { SMS_STATUS_PATH } from './http/pages/sms-status';
import { recordFirstFactor, recordPasswordChange } from './http/session/record-first-factor';
import { describeSession } from './http/session/resolve-identity';
import { createSessionMiddleware } from './http/session/session-middleware';
import { createGuard, createRequireStepUp } from './http/sign-in/guard';
import { startOnboarding } from './http/sign-in/host-login';
import { MfaStrategy, type MfaStrategyOptions } from './http/sign-in/mfa-strategy';
import { createPasswordApi } from './http/sign-in/password-api';
import { PasswordCheck } from './http/sign-in/password-check';
import { checkCalls, refuseUncalled } from './options/call-check';
import { createDirectory } from './options/directory';
import type { MfaOptions } from './options/options';
import { resolveOptions } from './options/resolve-options';
import { createRecords } from './records/create-records';
import { requireDurableRecords } from './stores/required-methods';

/**
 * Creates the package's functions for one app, and checks every option. Starts a timer that retries failed notices and, with
 * `users.list`, continues jobs that an earlier process left unfinished; neither keeps the process alive, and `mfa.close()` ends
 * both.
 * @throws ConfigurationError with the option, what was passed, what is allowed and what to write instead.
 * @example
 * const mfa = createMfa({ issuer: 'Acme Portal', baseUrl: 'https://portal.example.com', keys: [process.env.MFA_KEY],
 *   records: redisRecords(redis), state: redisState(redis), users, email: smtpEmail({ transport, from }) });
 */
export function createMfa<User extends Express.User>(given: MfaOptions<User>): Mfa<User> {
  const options = resolveOptions(given);
  const { clock, onError, metrics } = options;
  const state = metrics?.timed(options.state, 'state') ?? options.state;
  const mustLast = process.env['NODE_ENV'] === 'production' && !options.dangerouslyAcceptVolatileRecords;
  const durable = mustLast ? requireDurableRecords(options.records) : options.records;
  const records = createRecords(metrics?.timed(durable, 'records') ?? durable);
  const keyRing = createKeyRing(options.keys);
  const keep = { maxCount: options.events.keepCount, maxAgeSeconds: options.events.keepSeconds };
  const events = new EventRecorder({
    records,
    clock,
    keep,
    onError,
    log: options.log,
    metrics,
    ...(options.webhooks.length === 0 ? {} : { queue: (event) => queueWebhooks(context, event) }),
  });
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
  const clocks = new ClockWatch({ clock, onError });
  const tools = {
    records,
    state,
    keyRing,
    totpWindow: options.totpWindow,
    passkeys: options.passkeys,
    noteFuture: (of, at) => clocks.note(of, at),
  } satisfies FactorTools;
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
    factors: createFactors(tools),
    wayIn: options.passkeys?.signIn === true ? bindWayIn(tools) : null,
    passwords: new PasswordCheck(limiter),
    background: new BackgroundWork(onError),
    clocks,
    administrators: [],
  };
  if (options.users.list !== undefined) {
    keepMembersIndexed(context);
    resumeJobs(context);
  }
  const retrying = retryPeriodically(context);
  async function settle(): Promise<void> {
    await delivery.settled();
    await events.settled();
    // An unfinished job continues at the next start.
    await context.background.settled(JOB_PREFIX);
  }
  const mfa: Mfa<User> = {
    ...createProgrammaticApi(context, {
      administratorsOf: joinAdministrators(context.administrators),
      users: options.users,
    }),
    ...createErasureApi(context, options),
    events: createEventsApi(context, options),
    sessions: (sessionOptions) => createSessionMiddleware(context, sessionOptions),
    strategy: (verify: (...args: never[]) => unknown, strategyOptions?: MfaStrategyOptions) =>
      new MfaStrategy(context, verify, strategyOptions),
    pages: () => createPagesRouter(context),
    adminPages(adminOptions) {
      requireUserList(options.users);
      context.administrators.push(administratorsFrom(context, adminOptions));
      return createAdminRouter(context, adminOptions);
    },
    guard: (guardOptions) => createGuard(context, guardOptions),
    requireStepUp: (stepUpOptions) => createRequireStepUp(context, stepUpOptions),
    relatedOrigins: () => createRelatedOrigins(context),
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
