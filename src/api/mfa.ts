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
 * What `createMfa` returns. Every function refuses an argument or an option that is missing, unknown or of a wrong type, by
 * throwing {@link ConfigurationError} before it does anything; one that answers with a promise rejects with it.
 */
export interface Mfa<User extends Express.User = Express.User> extends ProgrammaticApi, ErasureApi {
  /** express-session with the store of `state`. Optional: any express-session mounted before the other middleware works. */
  sessions(options?: SessionOptions): RequestHandler;
  /**
   * A Passport strategy named `mfa`. It takes the callback that passport-local takes, or one that returns a promise. Each strategy
   * judges its own sign-ins by its own callback; our pages and `passwordApi` use the callback of the first one.
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
  /** Protects everything mounted after it by the policy. */
  guard(options?: GuardOptions): RequestHandler;
  /** Protects a route by a second factor that was proven within `maxAgeSeconds`. */
  requireStepUp(options: StepUpOptions): RequestHandler;
  /**
   * Serves `/.well-known/webauthn` with `passkeys.relatedOrigins`, so that pages on other domains can ask for your passkeys. Mount it at the
   * root of the app that answers at the RP id, above the guard.
   */
  relatedOrigins(): RequestHandler;
  /** Protects routes that programs call with a password and without a session. */
  passwordApi(options?: PasswordApiOptions): RequestHandler;
  /** How the person of this request signed in; null without a session. */
  describeSession(req: Request): Promise<SessionDescription | null>;
  /**
   * The path to redirect to after a sign-up and `req.login`: setting up a method, if the organization wants that, or `returnTo`
   * (a local path; default `defaultReturnTo`).
   * @example
   * req.login(user, async (error) => error ? next(error) : res.redirect(303, await mfa.startOnboarding(req)));
   */
  startOnboarding(req: Request, options?: OnboardingOptions): Promise<string>;
  /**
   * Says that the person has just proven who they are, and through what: their session begins now, also where `req.login` could not be
   * seen. A code sent to the address is no second factor in that session. Call it after `req.login`; with an address also
   * before the sign-in that follows in the same browser. With `upstream`, claims of an ID token that you verified, the second factor of
   * a provider that `upstreamMfa` names counts in this session.
   * @throws MfaError `session-not-renewed` where this request signed nobody in and no address is given.
   * @example
   * await mfa.recordFirstFactor(req, { channel: 'email', address: user.email });
   * await mfa.recordFirstFactor(req, { upstream: { provider: 'okta', acr, amr, authTime: auth_time } });
   */
  recordFirstFactor(req: Request, factor?: FirstFactor): Promise<void>;
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
  /** The CSRF token for a form of the host, in the field `_csrf`, such as a log-out button that posts to our pages. */
  csrfToken(req: Request): string;
  /** Refuses a form of the host without that token: passes {@link MfaError} `csrf-token-refused` to `next`. */
  requireCsrfToken(): RequestHandler;
  readonly events: EventsApi;
  /**
   * Checks the setup: keys, the settings of the stores, clocks, cookies behind a proxy, whether messages can be sent, and options
   * that weaken something. Never rejects. Fit for a health endpoint that is not called every second.
   * @example
   * const { ok, findings } = await mfa.check({ app });
   * for (const { level, message } of findings) console.warn(level, message);
   */
  check(options?: CheckOptions): Promise<SetupReport>;
  /**
   * Sends again notices that the mail server did not accept and that are due, and resolves with how many were sent. Also repeats failed
   * calls of `users.noteEnrolled`. The package calls it every 30 seconds; a short-lived process can call it, too.
   */
  retryNotices(): Promise<number>;
  /** Resolves when every notice that is being sent was sent, and every event was stored. */
  settled(): Promise<void>;
  /**
   * Stops the timer and the background work that `createMfa` started, and settles. Call it before the process ends and the stores go.
   */
  close(): Promise<void>;
}
