import type { Request } from 'express';
import { MfaError } from '../../core/errors';
import { judgePassword, type JudgePassword, type PasswordVerdict } from '../../flows/sign-in/judge-password';
import type { PasswordLimiter } from '../../flows/sign-in/password-limits';
import { toError } from '../kernel/request';

/**
 * The host's verify callback: it calls `done` as with passport-local, or returns a promise. Both share one signature, because
 * TypeScript infers no parameter types for a callback with several matching signatures.
 */
export type VerifyPassword<User> = (
  username: string,
  password: string,
  done: VerifyDone<User>,
) => PromisedUser<User> | void;

/** The same with `passReqToCallback`. */
export type VerifyPasswordOfRequest<User> = (
  req: Request,
  username: string,
  password: string,
  done: VerifyDone<User>,
) => PromisedUser<User> | void;

export type PromisedUser<User> = Promise<User | false | null | undefined | void>;

export type VerifyDone<User> = (error: unknown, user?: User | false | null, info?: unknown) => void;

/** The host's callback in a uniform shape. */
export type Verify = (req: Request, ...credentials: Parameters<JudgePassword>) => ReturnType<JudgePassword>;

export interface SubmittedCredentials {
  readonly username: string;
  readonly password: string;
  /** The session or remembered browser of the name's owner that the password comes from; null otherwise. */
  readonly trusted: string | null;
}

const NO_STRATEGY =
  'Passwords cannot be checked, because there is no strategy. Write passport.use(mfa.strategy(async (username, password) => user | false)).';

/** Checks passwords by the host's callbacks. Without one it throws, since every password would be wrong. */
export class PasswordCheck {
  #first: Verify | null = null;
  /** Null if the host disabled the limits. */
  readonly #limiter: PasswordLimiter | null;

  constructor(limiter: PasswordLimiter | null) {
    this.#limiter = limiter;
  }

  /** Our own pages and `mfa.passwordApi()` use the callback of the first strategy, later strategies only theirs. */
  add(verify: Verify): void {
    this.#first ??= verify;
  }

  async check(
    req: Request,
    { username, password, trusted }: SubmittedCredentials,
    verify = this.#first,
  ): Promise<PasswordVerdict> {
    if (verify === null) throw new MfaError('host-misconfigured', NO_STRATEGY);
    const isGone = () => req.socket.destroyed;
    const submitted = { username, password, trusted, address: req.ip ?? '', isGone };
    return judgePassword(this.#limiter, submitted, (...credentials) => verify(req, ...credentials));
  }

  /** Records that this name signed in from this address, so it gets its own count there. `name` is its `usernameKey`. */
  noteSignIn(req: Request, name: string): void {
    this.#limiter?.noteSignIn(name, req.ip ?? '');
  }
}

/** Turns the host's callback, of any supported shape, into a function that resolves with a verdict. */
export function adaptVerify(
  verify: (...args: never[]) => unknown,
  options: { readonly passReqToCallback: boolean },
): Verify {
  const withRequest = options.passReqToCallback;
  const takesDone = verify.length >= (withRequest ? 4 : 3);
  return function runVerify(req, username, password) {
    return new Promise((resolve, reject) => {
      const done: VerifyDone<Express.User> = (error, user, info) => {
        if (error !== undefined && error !== null && error !== false) reject(toError(error));
        else if (user === undefined || user === null || user === false) resolve({ outcome: 'wrong', info });
        else resolve({ outcome: 'right', user, info });
      };
      const credentials = withRequest ? [req, username, password] : [username, password];
      const args = takesDone ? [...credentials, done] : credentials;
      const call = async (): Promise<unknown> => Reflect.apply(verify, undefined, args);
      call().then(
        (user) => {
          if (!takesDone) done(null, isUser(user) ? user : false);
        },
        (error: unknown) => done(error),
      );
    });
  };
}

function isUser(value: unknown): value is Express.User {
  return typeof value === 'object' && value !== null;
}
