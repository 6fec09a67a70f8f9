import auth from 'basic-auth';
import type { Request, RequestHandler, Response } from 'express';
import { usernameKey } from '../../core/address/network-address';
import { decide } from '../../core/decision/decide';
import { gatherLoginFacts } from '../../flows/context/gather-facts';
import type { HttpContext } from '../kernel/http-context';
import { originOf } from '../kernel/request';
import { sendRefusal } from '../kernel/respond';

export interface PasswordApiOptions {
  /**
   * Finds out who calls, where it is not HTTP Basic: a header, a token of the host's. Answers with the user, or false.
   * Without it the strategy's verify callback judges HTTP Basic credentials, under the same throttle.
   */
  readonly authenticate?: (req: Request) => Promise<Express.User | false> | Express.User | false;
}

/**
 * For routes that programs call with a password and no session. Whoever the policy lets in by password alone passes,
 * such as exempt integration accounts; everybody else gets 403 `mfa-required`.
 */
export function createPasswordApi(context: HttpContext, options: PasswordApiOptions = {}): RequestHandler {
  return function passwordApi(req, res, next) {
    admit(context, req, res, options)
      .then((admitted) => {
        if (admitted) next();
      })
      .catch(next);
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
    sendRefusal(res, { because: 'wrong-credentials', status: 401 });
    return false;
  }
  const { user } = found;
  const account = context.directory.accountOf(user);
  const evidence = [{ method: 'password', at: context.clock.now() } as const];
  const [gathered] = await Promise.all([gatherLoginFacts(context, account, evidence), found.settled]);
  const decision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  if (decision.outcome === 'allow') {
    req.user = user;
    found.noteSignIn();
    return true;
  }
  context.events.report({
    name: 'request-refused',
    userId: account.id,
    organizationId: account.organizationId,
    address: originOf(req).address,
    details: { because: 'mfa-required', outcome: decision.outcome },
  });
  sendRefusal(res, { because: 'mfa-required', status: 403 });
  return false;
}

/** Who calls, and what is done once they are let in. */
interface Caller {
  readonly user: Express.User;
  readonly settled: Promise<void>;
  readonly noteSignIn: () => void;
}

/** The host judged by itself: nothing was counted. */
function toCaller(user: Express.User | false | null | undefined): Caller | false {
  if (typeof user !== 'object' || user === null) return false;
  return { user, settled: Promise.resolve(), noteSignIn: () => undefined };
}

/** Null where the answer was given already. */
async function authenticateBasic(
  context: HttpContext,
  req: Request,
  res: Response,
): Promise<Caller | false | null> {
  const credentials = auth(req);
  if (credentials === undefined) return false;
  const { name: username, pass: password } = credentials;
  const verdict = await context.passwords.check(req, { username, password, trusted: null });
  if (verdict.outcome !== 'right') {
    const name = verdict.outcome === 'wrong' ? 'password-rejected' : 'password-throttled';
    context.events.report({ name, organizationId: '', address: originOf(req).address });
  }
  if (verdict.outcome === 'throttled') {
    const { retryAfterSeconds } = verdict;
    sendRefusal(res, { because: 'too-many-passwords', status: 429, retryAfterSeconds });
    return null;
  }
  if (verdict.outcome === 'wrong') return false;
  const { user, settled, isNetworkNew } = verdict;
  const noteSignIn = () => {
    if (isNetworkNew) context.passwords.noteSignIn(req, usernameKey(username));
  };
  return { user, settled, noteSignIn };
}
