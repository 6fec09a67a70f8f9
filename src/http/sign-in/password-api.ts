import auth from 'basic-auth';
import type { Request, RequestHandler, Response } from 'express';
import { usernameKey } from '../../core/address/network-address';
import { checkSignInPassword } from '../../flows/sign-in/judge-password';
import { admitByPassword } from '../../flows/sign-in/log-in';
import type { HttpContext } from '../kernel/http-context';
import { originOf } from '../kernel/request';
import { sendRefusal } from '../kernel/respond';
import { failWith } from './guard';

export interface PasswordApiOptions {
  /**
   * Authenticates the caller, for example by your own token. Returns the user, or false. Default: the verify callback of the
   * first strategy checks HTTP Basic credentials, under the same limits.
   */
  readonly authenticate?: (req: Request) => Promise<Express.User | false> | Express.User | false;
}

/** Accounts that need only a password by the policy are let through. All others get 403 `mfa-required`. */
export function createPasswordApi(context: HttpContext, options: PasswordApiOptions = {}): RequestHandler {
  return function passwordApi(req, res, next) {
    admit(context, req, res, options)
      .then((admitted) => {
        if (admitted) next();
      })
      .catch(failWith(context, next));
  };
}

async function admit(
  context: HttpContext,
  req: Request,
  res: Response,
  options: PasswordApiOptions,
): Promise<boolean> {
  context.proxies.look(req);
  res.set('Cache-Control', 'no-store');
  const found =
    options.authenticate === undefined
      ? await authenticateBasic(context, req, res)
      : toCaller(await options.authenticate(req));
  if (found === null) return false;
  if (found === false) {
    res.set('WWW-Authenticate', 'Basic realm="api", charset="UTF-8"');
    sendRefusal(context, res, { because: 'wrong-credentials', status: 401 });
    return false;
  }
  const { user } = found;
  const account = context.directory.accountOf(user);
  const [isAllowed] = await Promise.all([
    admitByPassword(context, { account, origin: originOf(req) }),
    found.settled,
  ]);
  if (isAllowed) {
    req.user = user;
    found.noteSignIn();
    return true;
  }
  sendRefusal(context, res, { because: 'mfa-required', status: 403 });
  return false;
}

interface Caller {
  readonly user: Express.User;
  readonly settled: Promise<void>;
  readonly noteSignIn: () => void;
}

/** The host authenticated the caller, so nothing was counted. */
function toCaller(user: Express.User | false | null | undefined): Caller | false {
  if (typeof user !== 'object' || user === null) return false;
  return { user, settled: Promise.resolve(), noteSignIn: () => undefined };
}

/** Null if the response was already sent. */
async function authenticateBasic(
  context: HttpContext,
  req: Request,
  res: Response,
): Promise<Caller | false | null> {
  const credentials = auth(req);
  if (credentials === undefined) return false;
  const { name: username, pass: password } = credentials;
  const verdict = await checkSignInPassword(context, originOf(req), () =>
    context.passwords.check(req, { username, password, trusted: null }),
  );
  if (verdict.outcome === 'throttled') {
    const { retryAfterSeconds } = verdict;
    sendRefusal(context, res, { because: 'too-many-passwords', status: 429, retryAfterSeconds });
    return null;
  }
  if (verdict.outcome === 'wrong') return false;
  const { user, settled, isNetworkNew } = verdict;
  const noteSignIn = () => {
    if (isNetworkNew) context.passwords.noteSignIn(req, usernameKey(username));
  };
  return { user, settled, noteSignIn };
}
