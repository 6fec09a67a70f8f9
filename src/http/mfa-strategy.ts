import type { Request } from 'express';
import { Strategy } from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { parseLocalPath } from '../core/local-path';
import { attemptLogin } from './attempt-login';
import type { LoginAttempt } from './attempt-login';
import { describePending, pendingPath } from './describe-login';
import type { HttpContext } from './http-context';
import { adaptVerify } from './password-check';
import { reportSessionFault } from './report-session-fault';
import { stateOf } from './request-state';
import { wantsJson } from './representation';
import { requestedReturnTo } from './return-to';
import { requireSessionId } from './session-slot';
import { requireSessionCookie } from './session-cookie';
import { adviseOnRefusal } from './token-advice';
import { sentenceFor } from './sentences';
import { watchPassport } from './watch-passport';

/** The same as passport-local's. */
export interface MfaStrategyOptions {
  readonly usernameField?: string;
  readonly passwordField?: string;
  readonly passReqToCallback?: boolean;
}

/** The part of `passport.authenticate`'s options that the second step has to remember. */
interface AuthenticateOptions {
  readonly successRedirect?: string;
  readonly successReturnToOrRedirect?: string;
  readonly session?: boolean;
}

/** As the body has them: JSON and some parsers of forms give more than text. */
interface Credentials {
  readonly username: unknown;
  readonly password: unknown;
}

/**
 * Passport strategy `mfa`: the password by the host's callback, then the decision. It calls exactly one of Passport's verbs.
 * A login that needs a second factor goes on to the pages; Passport sees no user until the factor is proven.
 * Passport calls `authenticate` on an object made from this one, which `#private` fields would refuse.
 */
export class MfaStrategy extends Strategy {
  override readonly name = 'mfa';
  private readonly context: HttpContext;
  /** Reads the credentials from the request, and nothing more. */
  private readonly local: LocalStrategy;

  constructor(context: HttpContext, verify: (...args: never[]) => unknown, options: MfaStrategyOptions = {}) {
    super();
    const { usernameField = 'username', passwordField = 'password', passReqToCallback = false } = options;
    this.context = context;
    context.passwords.use(adaptVerify(verify, { passReqToCallback }));
    this.local = new LocalStrategy({ usernameField, passwordField }, (username, password, done) =>
      done(null, { username, password }),
    );
  }

  override authenticate(req: Request, options: AuthenticateOptions = {}): void {
    watchPassport(this.context, req);
    const verbs = {
      fail: (challenge: { readonly message: string }, status = 400) => this.fail(challenge, status),
      error: (error: Error) => this.error(error),
      success: ({ username, password }: Credentials) => {
        if (typeof username !== 'string' || typeof password !== 'string') {
          this.fail({ message: sentenceFor('wrong-credentials') }, 400);
          return;
        }
        const returnTo = returnToAfter(req, options);
        this.attempt(req, { username, password, returnTo }, options)
          .then((attempt) => this.conclude(req, attempt, options))
          .catch((error: unknown) => {
            reportSessionFault(this.context, error);
            this.error(error);
          });
      },
    };
    const local: LocalStrategy = Object.assign(Object.create(this.local), verbs);
    local.authenticate(req, options);
  }

  private async attempt(
    req: Request,
    submitted: Parameters<typeof attemptLogin>[2],
    options: AuthenticateOptions,
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
      context.advice.reportFault(error);
      throw error;
    }
  }

  private async conclude(req: Request, attempt: LoginAttempt, options: AuthenticateOptions): Promise<void> {
    switch (attempt.outcome) {
      case 'wrong':
        return failWith(this, attempt.info);
      case 'throttled':
        req.res?.set('Retry-After', String(attempt.retryAfterSeconds));
        return this.fail({ message: sentenceFor('too-many-passwords') }, 429);
      case 'denied':
        return this.fail({ message: sentenceFor(attempt.decision.because) }, 403);
      case 'pending':
        return this.goOn(req, attempt);
      case 'signed-in':
        return this.signIn(req, attempt, options);
    }
  }

  /** To the challenge or the enrollment, where no session of Passport's begins before it is done. */
  private goOn(req: Request, attempt: LoginAttempt & { readonly outcome: 'pending' }): void {
    const { res } = req;
    if (res !== undefined && wantsJson(req)) res.json(describePending(this.context, req, attempt));
    else this.redirect(pendingPath(this.context, attempt), 303);
  }

  private async signIn(
    req: Request,
    attempt: LoginAttempt & { readonly outcome: 'signed-in' },
    options: AuthenticateOptions,
  ): Promise<void> {
    const { grant, user, info, decision } = attempt;
    if (options.session === false) {
      // Without a session there is nothing that could be asked for a factor later.
      if (decision.outcome === 'allow') return succeedWith(this, user, info);
      return this.fail({ message: sentenceFor('mfa-required') }, 403);
    }
    stateOf(req).expected = { grant, keep: {} };
    succeedWith(this, user, info);
  }
}

/** Passport's verbs, which hand on whatever the host's callback said beside `false` or the user. Its types know objects and texts. */
interface PassportVerbs {
  fail(info: unknown, status: number): void;
  success(user: Express.User, info: unknown): void;
}

function failWith(passport: PassportVerbs, info: unknown): void {
  passport.fail(info ?? { message: sentenceFor('wrong-credentials') }, 401);
}

function succeedWith(passport: PassportVerbs, user: Express.User, info: unknown): void {
  passport.success(user, info);
}

/** Where the host's own options would have led, kept for the end of the second step. */
function returnToAfter(req: Request, options: AuthenticateOptions): string | null {
  const { successReturnToOrRedirect, successRedirect } = options;
  if (successReturnToOrRedirect !== undefined) {
    return parseLocalPath(req.session?.returnTo) ?? parseLocalPath(successReturnToOrRedirect);
  }
  return successRedirect === undefined ? requestedReturnTo(req) : parseLocalPath(successRedirect);
}
