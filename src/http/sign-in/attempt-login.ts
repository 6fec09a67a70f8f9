import type { Request } from 'express';
import { usernameKey } from '../../core/address/network-address';
import type { Decision } from '../../core/decision/decide';
import { MfaError } from '../../core/errors';
import { channelOfKind } from '../../factors/find-factor';
import type { ChallengeOutcome } from '../../flows/challenge/active-challenge';
import { UNLOCK_PATH, findLinkByHash } from '../../flows/challenge/unlock-link';
import type { Gathered } from '../../flows/context/gather-facts';
import { checkSignInPassword } from '../../flows/sign-in/judge-password';
import { logIn, type LoginOutcome } from '../../flows/sign-in/log-in';
import { NOBODY_FOUND } from '../../options/directory';
import type { HttpContext } from '../kernel/http-context';
import { originOf, stateOf } from '../kernel/request';
import { nextPath, showOptions } from '../kernel/respond';
import { channelNoted, enterPendingLogin } from '../session/establish-session';
import { changeBrowserCookie, readBrowserCookie } from '../session/remembered-browser-cookie';
import { readSessionData } from '../session/session-data';
import type { MfaSessionData } from '../session/session-data-text';
import type { Verify } from './password-check';
import { firstStepOf, trustedSourceOf } from './trusted-source';

export type LoginAttempt =
  | { readonly outcome: 'wrong'; readonly info: unknown }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | (LoginOutcome & { readonly outcome: 'signed-in'; readonly user: Express.User; readonly info: unknown })
  | (LoginOutcome & { readonly outcome: 'pending' } & { readonly ask: ChallengeOutcome | null })
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
    /** The callback of the strategy that was called. Default: that of the first strategy. */
    readonly verify?: Verify;
    /** What a login that is not finished keeps for its end. `info` is what the verify callback said beside the user. */
    readonly origin: (info: unknown) => LoginOrigin;
  },
): Promise<LoginAttempt> {
  context.proxies.look(req);
  const { username, password } = submitted;
  const origin = originOf(req);
  const trusted = trustedSourceOf(context, req, username);
  const verdict = await checkSignInPassword(context, origin, () =>
    context.passwords.check(req, { username, password, trusted }, submitted.verify),
  );
  if (verdict.outcome !== 'right') return verdict;
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
  const sessionData = {
    ...(login.asked === null ? {} : { asked: login.asked }),
    ...submitted.origin(info),
    ...(unlock === undefined ? {} : { unlock }),
  };
  // Where a code is sent, only its sending shows which login goes on.
  const isSent = login.asked !== null && channelOfKind(login.asked.kind) !== null;
  const { pending } = isSent ? await login.begun : login;
  const [{ ask }] = await Promise.all([
    login.begun,
    enterPendingLogin(context, req, { pending, name, sessionData }),
  ]);
  return { ...login, pending, ask };
}

/** The link to end a lock that this visitor came by, where it is this account's. It outlives the new session id. */
async function unlockOf(context: HttpContext, req: Request, userId: string): Promise<string | undefined> {
  const unlock = req.session?.mfa === undefined ? undefined : readSessionData(req).unlock;
  if (unlock === undefined) return undefined;
  const link = await findLinkByHash(context, unlock);
  return link?.userId === userId ? unlock : undefined;
}

export type StepBody = { readonly outcome: string; readonly next: string; readonly [field: string]: unknown };

/** The JSON answer to a password that leads to a second step, with the token that the step will carry under the new session id. */
export function describePending(
  context: HttpContext,
  req: Request,
  attempt: LoginAttempt & { readonly outcome: 'pending' },
): StepBody {
  const { decision, gathered, ask } = attempt;
  const step = describeDecision(context, { decision, gathered, ask, returnTo: null });
  const next = pendingPath(context, attempt);
  return { ...step, next, csrfToken: context.csrf.token(req) };
}

/** Where a login that is not finished goes on. */
export function pendingPath(
  context: HttpContext,
  attempt: LoginAttempt & { readonly outcome: 'pending' },
): string {
  if (attempt.unlocking) return `${context.options.pagesPath}${UNLOCK_PATH}/challenge`;
  return nextPath(context, attempt.decision, null);
}

/** The JSON answer of a step after which something else is asked. */
export function describeDecision(
  context: HttpContext,
  step: {
    readonly decision: Decision;
    readonly gathered: Gathered;
    readonly ask: ChallengeOutcome | null;
    readonly returnTo: string | null;
  },
): StepBody {
  const { decision, gathered, ask, returnTo } = step;
  const next = nextPath(context, decision, returnTo);
  if (decision.outcome === 'challenge') {
    return {
      outcome: 'challenge',
      because: decision.because,
      next,
      anyOf: showOptions(gathered, decision.anyOf),
      ...(decision.password === undefined ? {} : { password: true }),
      ...describeAsk(ask),
    };
  }
  if (decision.outcome === 'enroll') {
    const { because, anyOf, skippable, graceUntil, skipsLeft } = decision;
    return {
      outcome: 'enroll',
      because,
      next,
      anyOf,
      skippable,
      ...(graceUntil === undefined ? {} : { graceUntil }),
      ...(skipsLeft === undefined ? {} : { skipsLeft }),
    };
  }
  return { outcome: decision.outcome, because: decision.because, next };
}

/** What became of the code: sent, or why not. */
export function describeAsk(ask: ChallengeOutcome | null): Readonly<Record<string, unknown>> {
  if (ask === null || ask.outcome === 'gone') return {};
  if (ask.outcome === 'asked') return ask.sent === undefined ? {} : { sent: ask.sent };
  const { because, retryAfterSeconds } = ask;
  return { notSent: { because, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } };
}

/** What a pending login keeps of where it came from. */
export type LoginOrigin = Pick<MfaSessionData, 'returnTo' | 'host'>;
