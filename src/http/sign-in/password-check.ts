import type { Request } from 'express';
import type { AdmittedPassword, PasswordLimiter } from '../../flows/sign-in/password-limits';
import { toError } from '../kernel/request';

/**
 * The host's verify callback: it calls `done` as with passport-local, or returns a promise. One signature for both, since
 * TypeScript gives the parameters of a callback no types where several fit.
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

export type PasswordVerdict =
  | {
      readonly outcome: 'right';
      readonly user: Express.User;
      /** What the callback said beside the user. */
      readonly info: unknown;
      /** Takes the count back; started when the password was found right, for the caller to wait for beside its own work. */
      readonly settled: Promise<void>;
      /** Whether the address is not known yet as one that the name signs in from. */
      readonly isNetworkNew: boolean;
    }
  | { readonly outcome: 'wrong'; readonly info: unknown }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number };

export interface SubmittedCredentials {
  readonly username: string;
  readonly password: string;
  /** The session or remembered browser of the name's owner that it comes from, where it does. */
  readonly trusted: string | null;
}

type Verify = (
  req: Request,
  username: string,
  password: string,
) => Promise<
  | { readonly outcome: 'right'; readonly user: Express.User; readonly info: unknown }
  | { readonly outcome: 'wrong'; readonly info: unknown }
>;

/** Checks passwords by the host's callback, under limits of their own that have nothing to do with second factors. */
export class PasswordCheck {
  #verify: Verify | null = null;
  /** Null where the host switched them off. */
  readonly #limiter: PasswordLimiter | null;

  constructor(limiter: PasswordLimiter | null) {
    this.#limiter = limiter;
  }

  /** Whether a strategy was built, so that a password can be asked for again. */
  get isAvailable(): boolean {
    return this.#verify !== null;
  }

  use(verify: Verify): void {
    this.#verify = verify;
  }

  async check(req: Request, submitted: SubmittedCredentials): Promise<PasswordVerdict> {
    const verify = this.#verify;
    if (verify === null) return { outcome: 'wrong', info: undefined };
    const { username, password, trusted } = submitted;
    if (this.#limiter === null) {
      const verdict = await verify(req, username, password);
      return verdict.outcome === 'right' ? { ...verdict, ...NOT_COUNTED } : verdict;
    }
    const admitted = await this.#limiter.admit({
      username,
      address: req.ip ?? '',
      trusted,
      isGone: () => req.socket.destroyed,
    });
    if (admitted.outcome === 'throttled') return admitted;
    return judge(admitted, () => verify(req, username, password));
  }

  /** The name signed in from this address, where it has a count of its own from now on. `name` is its `usernameKey`. */
  noteSignIn(req: Request, name: string): void {
    this.#limiter?.noteSignIn(name, req.ip ?? '');
  }
}

const NOT_COUNTED = { settled: Promise.resolve(), isNetworkNew: false } as const;

async function judge(admitted: AdmittedPassword, verify: () => ReturnType<Verify>): Promise<PasswordVerdict> {
  let verdict;
  try {
    verdict = await verify();
  } catch (error) {
    await admitted.fail();
    throw error;
  }
  if (verdict.outcome !== 'right') {
    await admitted.reject();
    return verdict;
  }
  const settled = admitted.accept();
  // Whoever waits for it is told of its failure; nobody waiting must not end the process.
  settled.catch(() => undefined);
  return { ...verdict, settled, isNetworkNew: admitted.isNetworkNew };
}

/** Turns the host's callback, whatever its shape, into one that resolves with a verdict. */
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
