import ipaddr from 'ipaddr.js';
import type { Request } from 'express';
import { toError } from './to-error';
import type { ResolvedOptions } from '../options';
import type { StateStore, Throttle } from '../stores/state-store';

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

type PromisedUser<User> = Promise<User | false | null | undefined | void>;

export type VerifyDone<User> = (error: unknown, user?: User | false | null, info?: unknown) => void;

export type PasswordVerdict =
  | {
      readonly outcome: 'right';
      readonly user: Express.User;
      /** Takes the counted try back; started when the password was found right, for the caller to wait for beside its own work. */
      readonly uncounted: Promise<void>;
    }
  | { readonly outcome: 'wrong'; readonly info: unknown }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number };

type Verify = (
  req: Request,
  username: string,
  password: string,
) => Promise<
  | { readonly outcome: 'right'; readonly user: Express.User }
  | { readonly outcome: 'wrong'; readonly info: unknown }
>;

/** Checks passwords by the host's callback, under a throttle of its own that has nothing to do with second factors. */
export class PasswordCheck {
  #verify: Verify | null = null;
  readonly #perUsername: Throttle | null;
  readonly #perAddress: Throttle | null;

  constructor(state: StateStore, throttle: ResolvedOptions['passwordThrottle']) {
    this.#perUsername =
      throttle === null ? null : state.throttle({ name: 'password-user', ...throttle.perUsername });
    this.#perAddress =
      throttle === null ? null : state.throttle({ name: 'password-address', ...throttle.perAddress });
  }

  /** Whether a strategy was built, so that a password can be asked for again. */
  get isAvailable(): boolean {
    return this.#verify !== null;
  }

  use(verify: Verify): void {
    this.#verify = verify;
  }

  /** Counts the try before the password is looked at, so that parallel tries do not slip through. */
  async check(req: Request, username: string, password: string): Promise<PasswordVerdict> {
    const verify = this.#verify;
    if (verify === null) return { outcome: 'wrong', info: undefined };
    // A host may look a name up by its compatibility form: each way to write it must count as the same.
    const usernameKey = username.normalize('NFKC').trim().toLowerCase().slice(0, 320);
    const addressKey = networkOf(req.ip ?? '');
    const spent = await Promise.all([
      this.#perUsername?.spend(usernameKey),
      this.#perAddress?.spend(addressKey),
    ]);
    const waits = spent.map((item) => (item?.outcome === 'blocked' ? item.retryAfterSeconds : 0));
    const retryAfterSeconds = Math.max(...waits);
    if (retryAfterSeconds > 0) return { outcome: 'throttled', retryAfterSeconds };
    const verdict = await verify(req, username, password);
    if (verdict.outcome !== 'right') return verdict;
    const counters = Promise.all([
      this.#perUsername?.clear(usernameKey),
      this.#perAddress?.giveBack(addressKey),
    ]);
    const uncounted = counters.then(() => undefined);
    // Whoever waits for it is told of its failure; nobody waiting must not end the process.
    uncounted.catch(() => undefined);
    return { ...verdict, uncounted };
  }
}

/** An IPv6 visitor owns a /64 and could come from a new address each time. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed.toByteArray().slice(0, 8).join('.');
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
        else resolve({ outcome: 'right', user });
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
