import type { Request } from 'express';
import { usernameKey } from '../core/username-key';
import { isDeliveredKind } from '../core/factor-kind';
import { NOBODY_FOUND } from '../directory';
import { MfaError } from '../errors';
import type { AskOutcome } from '../flows/ask-request';
import type { LoginOutcome } from '../flows/log-in';
import { logIn } from '../flows/log-in';
import { findLinkByHash } from '../flows/unlock-link';
import { enterPendingLogin } from './establish-session';
import { firstStepOf } from './first-step-of';
import type { LoginOrigin } from './host-login';
import type { HttpContext } from './http-context';
import { channelNoted } from './channel-noted';
import { originOf } from './origin';
import { stateOf } from './request-state';
import { readSlot } from './session-slot';
import { changeBrowserCookie, readBrowserCookie } from './remembered-browser-cookie';
import { trustedSourceOf } from './trusted-source';

export type LoginAttempt =
  | { readonly outcome: 'wrong'; readonly info: unknown }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | (LoginOutcome & { readonly outcome: 'signed-in'; readonly user: Express.User; readonly info: unknown })
  | (LoginOutcome & { readonly outcome: 'pending' } & { readonly ask: AskOutcome | null })
  | (LoginOutcome & { readonly outcome: 'denied' });

/**
 * The password step, the same for the strategy, our own form and JSON: verdict on the password, then the decision.
 * A pending login has entered its new session when this returns; a granted one is for the caller to establish.
 */
export async function attemptLogin(
  context: HttpContext,
  req: Request,
  submitted: {
    readonly username: string;
    readonly password: string;
    /** What a login that is not finished keeps for its end. `info` is what the verify callback said beside the user. */
    readonly origin: (info: unknown) => LoginOrigin;
  },
): Promise<LoginAttempt> {
  context.proxies.look(req);
  const { username, password } = submitted;
  const origin = originOf(req);
  const trusted = trustedSourceOf(context, req, username);
  const verdict = await context.passwords.check(req, { username, password, trusted });
  if (verdict.outcome !== 'right') {
    context.events.report({
      name: verdict.outcome === 'wrong' ? 'password-rejected' : 'password-throttled',
      organizationId: '',
      address: origin.address,
    });
    return verdict;
  }
  const { user, info } = verdict;
  const name = usernameKey(username);
  const account = context.directory.accountOf(user);
  const isFindable = await context.directory.confirm(account);
  const evidence = [{ method: 'password', at: context.clock.now(), ...channelNoted(req) } as const];
  const unlock = await unlockOf(context, req, account.id);
  const presented = readBrowserCookie(context, req);
  const step = firstStepOf(context, req, account.id);
  const attempt = { account, evidence, origin, presented, unlocking: unlock !== undefined, step };
  const [login] = await Promise.all([logIn(context, attempt), verdict.settled]);
  if (req.res !== undefined) changeBrowserCookie(context, req.res, login.cookie);
  if (login.cookie !== null && login.cookie !== 'clear') stateOf(req).givenBrowser = login.cookie.id;
  if (login.outcome === 'signed-in') {
    if (verdict.isNetworkNew) context.passwords.noteSignIn(req, name);
    return { ...login, user, info };
  }
  if (login.outcome === 'denied') return login;
  if (!isFindable) throw new MfaError('user-unavailable', NOBODY_FOUND);
  const slot = {
    ...(login.asked === null ? {} : { asked: login.asked }),
    ...submitted.origin(info),
    ...(unlock === undefined ? {} : { unlock }),
  };
  // Where a code is sent, only its sending shows which login goes on.
  const isSent = login.asked !== null && isDeliveredKind(login.asked.kind);
  const { pending } = isSent ? await login.begun : login;
  const [{ ask }] = await Promise.all([
    login.begun,
    enterPendingLogin(context, req, { pending, name, slot }),
  ]);
  return { ...login, pending, ask };
}

/** The link to end a lock that this visitor came by, where it is this account's. It outlives the new session id. */
async function unlockOf(context: HttpContext, req: Request, userId: string): Promise<string | undefined> {
  const unlock = req.session?.mfa === undefined ? undefined : readSlot(req).unlock;
  if (unlock === undefined) return undefined;
  const link = await findLinkByHash(context, unlock);
  return link?.userId === userId ? unlock : undefined;
}
