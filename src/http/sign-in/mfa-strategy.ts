import type { Request } from 'express';
import { Strategy } from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { publicPath } from '../../options/resolve-options';
import { adviseOnRefusal } from '../kernel/check-csrf';
import type { HttpContext } from '../kernel/http-context';
import { sentenceFor, translatorFor } from '../kernel/language';
import { wantsJson, type StepBody } from '../kernel/representation';
import { isOptionPath, stateOf } from '../kernel/request';
import { requireSessionCookie } from '../session/session-cookie';
import { requireSessionId } from '../session/session-data';
import { watchPassport } from '../session/watch-passport';
import { attemptLogin, describePending, type LoginAttempt } from './attempt-login';
import { saveForResuming, saveSuccessOptions, resumeSignIn, type AuthenticateOptions } from './host-login';
import { adaptVerify, type Verify } from './password-check';
import { restoreReturnTo } from './return-to';

/** The first three are the same as passport-local's. */
export interface MfaStrategyOptions {
  readonly usernameField?: string;
  readonly passwordField?: string;
  readonly passReqToCallback?: boolean;
  /**
   * A `GET` route of yours that runs `passport.authenticate('mfa')` again, with the same callback or handlers as your sign-in.
   * After the second step, our pages redirect to it, and the strategy passes you the user as if there had been no second step:
   * you sign in, flash and redirect. Nobody is signed in before that. Default: our pages sign the person in themselves.
   */
  readonly resumePath?: string;
  /**
   * How a sign-in that needs a second step is answered. `redirect` (default): the strategy redirects to our pages, or answers
   * JSON. `callback`: your own callback answers; it gets `false` as the user and {@link SecondStepInfo} as the info.
   */
  readonly secondStep?: 'redirect' | 'callback';
}

/** The info that a custom callback gets with `false`, if the password was right and a second step follows. */
export interface SecondStepInfo {
  /** A sentence for people. */
  readonly message: string;
  /** The same as the JSON answer to a password. Return it to the client, or redirect to `next`. */
  readonly mfa: { readonly outcome: string; readonly next: string; readonly [field: string]: unknown };
}

/** Untyped, because JSON and some form parsers produce more than text. */
interface Credentials {
  readonly username: unknown;
  readonly password: unknown;
}

/**
 * Passport strategy `mfa`: checks the password with the host's callback, then decides. It calls exactly one of Passport's
 * methods `success`, `fail`, `redirect` and `error`. A login that needs a second factor continues on the pages; Passport gets
 * no user until the factor is proven. There are no `#private` fields, because Passport calls `authenticate` on an object that
 * inherits from this one.
 */
export class MfaStrategy extends Strategy {
  override readonly name = 'mfa';
  private readonly context: HttpContext;
  private readonly verify: Verify;
  /** Only reads the credentials from the request. */
  private readonly local: LocalStrategy;
  private readonly resumePath: string | null;
  private readonly secondStep: 'redirect' | 'callback';

  constructor(context: HttpContext, verify: (...args: never[]) => unknown, options: MfaStrategyOptions = {}) {
    super();
    const { usernameField = 'username', passwordField = 'password', passReqToCallback = false } = options;
    this.context = context;
    const { resumePath } = options;
    this.resumePath = resumePath === undefined ? null : publicPath(context.options, resumePath);
    this.secondStep = options.secondStep ?? 'redirect';
    this.verify = adaptVerify(verify, { passReqToCallback });
    context.passwords.add(this.verify);
    this.local = new LocalStrategy({ usernameField, passwordField }, (username, password, done) =>
      done(null, { username, password }),
    );
  }

  override authenticate(req: Request, options: AuthenticateOptions = {}): void {
    watchPassport(this.context, req);
    if (this.resumePath !== null && this.isAt(req, this.resumePath)) {
      this.conclude(req, this.resume(req, options));
      return;
    }
    const verbs = {
      fail: (challenge: { readonly message: string }, status = 400) => this.fail(challenge, status),
      error: (error: Error) => this.error(error),
      success: ({ username, password }: Credentials) => {
        if (typeof username !== 'string' || typeof password !== 'string') {
          this.fail(this.wrongCredentials(req), 400);
          return;
        }
        this.conclude(req, this.logIn(req, { username, password }, options));
      },
    };
    const local: LocalStrategy = Object.assign(Object.create(this.local), verbs);
    local.authenticate(req, options);
  }

  private isAt(req: Request, option: string): boolean {
    return isOptionPath(this.context, req, { requested: req.originalUrl.split('?')[0] ?? '', option });
  }

  /** Calls the Passport method that the promise resolves with. */
  private conclude(req: Request, act: Promise<() => void>): void {
    act
      .then((verb) => verb())
      .catch((error: unknown) => {
        this.context.advice.reportFault(error);
        this.error(error);
      });
  }

  private async logIn(
    req: Request,
    { username, password }: { readonly username: string; readonly password: string },
    options: AuthenticateOptions,
  ): Promise<() => void> {
    const { context, resumePath } = this;
    const attempt = await this.attempt(req, options, {
      username,
      password,
      verify: this.verify,
      origin: (info) =>
        resumePath === null
          ? saveSuccessOptions(req, { options, info, context })
          : saveForResuming(req, { resumePath, info, context }),
    });
    switch (attempt.outcome) {
      case 'wrong':
        return () => passportVerbs(this).fail(attempt.info ?? this.wrongCredentials(req), 401);
      case 'throttled':
        req.res?.set('Retry-After', String(attempt.retryAfterSeconds));
        return this.refuse(req, 'too-many-passwords', 429);
      case 'denied':
        return this.refuse(req, attempt.decision.because, 403);
      case 'pending':
        return this.handOver(req, await describePending(context, req, attempt));
      case 'signed-in':
        return this.signIn(req, attempt, options);
    }
  }

  private async attempt(
    req: Request,
    options: AuthenticateOptions,
    submitted: Parameters<typeof attemptLogin>[2],
  ): Promise<LoginAttempt> {
    const { context } = this;
    try {
      if (options.session !== false) {
        requireSessionId(req);
        requireSessionCookie(context, req);
      }
      const attempt = await attemptLogin(context, req, submitted);
      if (attempt.outcome === 'pending') context.mounts.requirePages(req);
      const begins = attempt.outcome === 'pending' || attempt.outcome === 'signed-in';
      if (begins && options.session !== false) context.awaited.expect(req);
      return attempt;
    } catch (error) {
      adviseOnRefusal(context, req, error);
      throw error;
    }
  }

  /** After the second step on our pages, continues the host's sign-in. */
  private async resume(req: Request, options: AuthenticateOptions): Promise<() => void> {
    const resumed = await resumeSignIn(this.context, req);
    if (resumed.outcome === 'refused') return this.refuse(req, resumed.because, resumed.status);
    if (resumed.outcome === 'step') return this.handOver(req, resumed.step);
    return this.signIn(req, resumed, options);
  }

  /**
   * Redirects to the challenge or the enrollment, or calls the host's callback. Passport starts no session before that step is
   * done.
   */
  private handOver(req: Request, step: StepBody): () => void {
    if (this.secondStep === 'callback') {
      const info: SecondStepInfo = {
        message: sentenceFor(translatorFor(this.context, req), 'second-step'),
        mfa: step,
      };
      return () => passportVerbs(this).fail(info, 401);
    }
    if (wantsJson(req)) return () => void req.res?.json(step);
    return () => this.redirect(step.next, 303);
  }

  /** Used if the host's callback gives no info. */
  private wrongCredentials(req: Request): { readonly message: string } {
    return { message: sentenceFor(translatorFor(this.context, req), 'wrong-credentials') };
  }

  private refuse(req: Request, because: string, status: number): () => void {
    return () => this.fail({ message: sentenceFor(translatorFor(this.context, req), because) }, status);
  }

  private signIn(
    req: Request,
    signedIn: Pick<LoginAttempt & { readonly outcome: 'signed-in' }, 'grant' | 'decision' | 'user' | 'info'>,
    options: AuthenticateOptions,
  ): () => void {
    const { grant, user, info, decision } = signedIn;
    // Without a session, a factor cannot be requested later.
    if (options.session === false && decision.outcome !== 'allow')
      return this.refuse(req, 'mfa-required', 403);
    if (options.session !== false) {
      stateOf(req).expected = { grant, keep: {} };
      restoreReturnTo(this.context, req);
    }
    return () => passportVerbs(this).success(user, info);
  }
}

/** Passport's methods with an `info` of any type. Passport's own types allow only objects and strings. */
interface PassportVerbs {
  fail(info: unknown, status: number): void;
  success(user: Express.User, info: unknown): void;
}

function passportVerbs(strategy: PassportVerbs): PassportVerbs {
  return strategy;
}
