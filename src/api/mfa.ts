import type { Request, RequestHandler, Router } from 'express';
import type { CheckOptions, SetupReport } from '../flows/context/check-setup';
import type { FirstFactor, FirstFactorChannel } from '../flows/context/first-factor-channels';
import type { AdminPagesOptions } from '../http/admin/admin-options';
import type { PasswordChangeOptions } from '../http/session/record-first-factor';
import type { SessionDescription } from '../http/session/resolve-identity';
import type { SessionOptions } from '../http/session/session-middleware';
import type { GuardOptions, StepUpOptions } from '../http/sign-in/guard';
import type { OnboardingOptions } from '../http/sign-in/host-login';
import type { MfaStrategy, MfaStrategyOptions } from '../http/sign-in/mfa-strategy';
import type { PasswordApiOptions } from '../http/sign-in/password-api';
import type { VerifyPassword, VerifyPasswordOfRequest } from '../http/sign-in/password-check';
import type { ErasureApi } from './erasure-api';
import type { EventsApi } from './events-api';
import type { HostId } from './host-actor';
import type { ProgrammaticApi } from './programmatic-api';

/**
 * The result of `createMfa`. Every function checks its arguments and options first. If one is missing, unknown or of a wrong
 * type, it throws {@link ConfigurationError}; a function that returns a promise rejects with it.
 */
export interface Mfa<User extends Express.User = Express.User> extends ProgrammaticApi, ErasureApi {
  /** express-session with the store of `state`. Optional: any express-session mounted before the other middleware works. */
  sessions(options?: SessionOptions): RequestHandler;
  /**
   * A Passport strategy named `mfa`. It takes the same callback as passport-local, or one that returns a promise. Each strategy
   * checks its sign-ins with its own callback; our pages and `passwordApi` use the callback of the first strategy.
   */
  strategy(
    verify: VerifyPassword<User>,
    options?: MfaStrategyOptions & { readonly passReqToCallback?: false },
  ): MfaStrategy;
  strategy(
    verify: VerifyPasswordOfRequest<User>,
    options: MfaStrategyOptions & { readonly passReqToCallback: true },
  ): MfaStrategy;
  /** The pages. Mount them at `pagesPath`. */
  pages(): Router;
  /**
   * The administrators' pages. Mount them at `adminPath`.
   * @throws ConfigurationError also if `users.list` is missing, which lists the members.
   * @example
   * app.use('/admin/mfa', mfa.adminPages({ organizationsOf: (req) => organizationsAdministeredBy(req.user) }));
   */
  adminPages(options: AdminPagesOptions): Router;
  /** Applies the policy to everything that is mounted after it. */
  guard(options?: GuardOptions): RequestHandler;
  /** Protects a route: the second factor must have been proven within the last `maxAgeSeconds`. */
  requireStepUp(options: StepUpOptions): RequestHandler;
  /**
   * Serves `/.well-known/webauthn` with `passkeys.relatedOrigins`, so that pages on other domains can use your passkeys. Mount
   * it at the root of the app that serves the domain of the RP ID, above the guard.
   */
  relatedOrigins(): RequestHandler;
  /** Protects routes that programs call with a password and without a session. */
  passwordApi(options?: PasswordApiOptions): RequestHandler;
  /** How the person of this request signed in; null without a session. */
  describeSession(req: Request): Promise<SessionDescription | null>;
  /**
   * The path to redirect to after a sign-up and `req.login`: the page to set up a method, if the organization enrolls at
   * sign-up; otherwise `returnTo` (a local path; default `defaultReturnTo`).
   * @example
   * req.login(user, async (error) => error ? next(error) : res.redirect(303, await mfa.startOnboarding(req)));
   */
  startOnboarding(req: Request, options?: OnboardingOptions): Promise<string>;
  /**
   * Records that the person has just proven their identity, and by which channel. Their session starts now, even if this
   * package did not see `req.login`. A code sent to the same address is not a second factor in that session. Call it after
   * `req.login`; with an address, you can also call it before a sign-in in the same browser. With `upstream`, the claims of an
   * ID token that you verified, the second factor of a provider in `upstreamMfa` counts in this session.
   * @throws MfaError `session-not-renewed` if this request signed nobody in and no address is given.
   * @example
   * await mfa.recordFirstFactor(req, { channel: 'email', address: user.email });
   * await mfa.recordFirstFactor(req, { upstream: { provider: 'okta', acr, amr, authTime: auth_time } });
   */
  recordFirstFactor(req: Request, factor?: FirstFactor): Promise<void>;
  /** @deprecated Renamed to `recordFirstFactor`; removed in the next release. */
  noteFirstFactor(req: Request, channel: FirstFactorChannel): Promise<void>;
  /**
   * Records that a password was changed. Ends every session, every pending sign-in and every remembered browser of the person,
   * except the session of `keep`. The person is notified by email.
   * @throws TypeError if `keep` has no session of that user.
   * @example
   * await mfa.recordPasswordChange(user.id, { keep: req });
   */
  recordPasswordChange(userId: HostId, options?: PasswordChangeOptions): Promise<void>;
  /** The CSRF token for a form of the host, in the field `_csrf`, such as a log-out button that posts to our pages. */
  csrfToken(req: Request): string;
  /** Middleware that refuses a form of the host without that token: passes {@link MfaError} `csrf-token-refused` to `next`. */
  requireCsrfToken(): RequestHandler;
  readonly events: EventsApi;
  /**
   * Checks the setup: keys, the settings of the stores, clocks, cookies behind a proxy, whether messages can be sent, and
   * options that weaken security. Never rejects. Suitable for a health endpoint that is not called every second.
   * @example
   * const { ok, findings } = await mfa.check({ app });
   * for (const { level, message } of findings) console.warn(level, message);
   */
  check(options?: CheckOptions): Promise<SetupReport>;
  /**
   * Retries notices that the mail server did not accept, if they are due, and resolves with the number of notices sent. Also
   * repeats failed calls of `users.noteEnrolled`. The package calls it every 30 seconds; a short-lived process can call it
   * itself.
   */
  retryNotices(): Promise<number>;
  /** Resolves when all notices in progress are sent and all events are stored. */
  settled(): Promise<void>;
  /**
   * Stops the timer and the background work that `createMfa` started, and waits like `settled`. Call it before you close the
   * stores and end the process.
   */
  close(): Promise<void>;
}
