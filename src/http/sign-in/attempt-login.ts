import type { Request } from 'express';
import { usernameKey } from '../../core/address/network-address';
import type { Evidence } from '../../core/decision/assurance';
import { MfaError } from '../../core/errors';
import { isBrowserOf } from '../../core/member/remembered-browser';
import { hashToken } from '../../core/proof/bearer-token';
import { channelOfKind, type BoundWayIn } from '../../factors/find-factor';
import type { ChallengeOutcome } from '../../flows/challenge/active-challenge';
import type { FirstStep } from '../../flows/challenge/first-step';
import { UNLOCK_PATH, findLinkByHash } from '../../flows/challenge/unlock-link';
import type { BrowserToken } from '../../flows/browsers/use-browser';
import { newId } from '../../flows/context/context';
import { checkSignInPassword } from '../../flows/sign-in/judge-password';
import { logIn, type LoginOutcome } from '../../flows/sign-in/log-in';
import { signInByWayIn, type WayInResult } from '../../flows/sign-in/way-in';
import { NOBODY_FOUND } from '../../options/directory';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import { originOf, stateOf } from '../kernel/request';
import type { StepBody } from '../kernel/representation';
import { describeDecision, describeShown, nextPath } from '../kernel/respond';
import { recordedChannel, enterPendingLogin } from '../session/establish-session';
import { changeBrowserCookie, readBrowserCookie } from '../session/remembered-browser-cookie';
import { readSessionData } from '../session/session-data';
import type { MfaSessionData } from '../session/session-data-text';
import type { Verify } from './password-check';

export type LoginAttempt =
  | { readonly outcome: 'wrong'; readonly info: unknown }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | LoginBegun;

export type LoginBegun =
  | (LoginOutcome & { readonly outcome: 'signed-in'; readonly user: Express.User; readonly info: unknown })
  | (LoginOutcome & { readonly outcome: 'pending' } & { readonly ask: ChallengeOutcome | null })
  | (LoginOutcome & { readonly outcome: 'denied' });

/** When it returns, a pending login already has its new session; the caller establishes the session of a granted login. */
export async function attemptLogin(
  context: HttpContext,
  req: Request,
  submitted: {
    readonly username: string;
    readonly password: string;
    /** The callback of the strategy that was called. Default: that of the first strategy. */
    readonly verify?: Verify;
    /** The data that a pending login keeps until it is finished. `info` is the third argument of the verify callback's `done`. */
    readonly origin: (info: unknown) => LoginOrigin;
  },
): Promise<LoginAttempt> {
  context.proxies.look(req);
  const { username, password: typed } = submitted;
  const begunAt = context.clock.now();
  const trusted = trustedSourceOf(context, req, username);
  const verdict = await checkSignInPassword(context, originOf(req), () =>
    context.passwords.check(req, { username, password: typed, trusted }, submitted.verify),
  );
  if (verdict.outcome !== 'right') return verdict;
  const { user, info, settled, isNetworkNew } = verdict;
  const account = context.directory.accountOf(user);
  const isFindable = await context.directory.confirm(account);
  const password = { method: 'password', at: context.clock.now(), ...recordedChannel(req) } as const;
  const name = usernameKey(submitted.username);
  const presented = readBrowserCookie(context, req);
  const origin = submitted.origin(info);
  const ownerId = newId();
  const proven = { user, info, account, evidence: [password], ownerId, begunAt, name, presented, origin };
  const [login] = await Promise.all([continueLogin(context, req, { ...proven, isFindable }), settled]);
  if (login.outcome === 'signed-in' && isNetworkNew) context.passwords.noteSignIn(req, name);
  return login;
}

/** Signs in by a factor instead of name and password. The login continues as after a password. */
export async function attemptWayIn(
  context: HttpContext,
  req: Request,
  attempt: {
    readonly wayIn: BoundWayIn;
    readonly submitted: unknown;
    readonly origin: LoginOrigin;
  },
): Promise<LoginBegun | Exclude<WayInResult, { readonly outcome: 'proven' }>> {
  const begunAt = context.clock.now();
  const judged = await signInByWayIn(context, {
    ...attempt,
    visitors: context.csrf.visitors(req),
    origin: originOf(req),
    maySignIn: ({ user }) => context.directory.maySignIn(user, req),
    // There is no name, so attempts count only against the address.
    count: (judge) =>
      context.passwords.check(req, { username: newId(), password: '', trusted: null }, async () =>
        judge('', ''),
      ),
  });
  if (judged.outcome !== 'proven') return judged;
  const { known, evidence, ownerId } = judged;
  const name = usernameKey(known.account.username);
  const proven = { ...known, info: undefined, evidence, ownerId, begunAt, name, origin: attempt.origin };
  return continueLogin(context, req, { ...proven, presented: null, isFindable: true });
}

async function continueLogin(
  context: HttpContext,
  req: Request,
  proven: {
    readonly user: Express.User;
    readonly info: unknown;
    readonly account: Account;
    readonly evidence: readonly Evidence[];
    readonly ownerId: string;
    readonly begunAt: number;
    readonly name: string;
    readonly presented: BrowserToken | null;
    readonly origin: LoginOrigin;
    readonly isFindable: boolean;
  },
): Promise<LoginBegun> {
  const { user, info, account, evidence, ownerId, begunAt, name, presented, isFindable } = proven;
  const unlock = await unlockOf(context, req, account.id);
  const step = firstStepOf(context, req, account.id);
  const origin = originOf(req);
  const unlocking = unlock !== undefined;
  const attempt = { account, evidence, ownerId, begunAt, origin, presented, unlocking, step };
  const login = await logIn(context, attempt);
  if (req.res !== undefined) changeBrowserCookie(context, req.res, login.cookie);
  if (login.cookie !== null && login.cookie !== 'clear') stateOf(req).givenBrowser = login.cookie.id;
  if (login.outcome === 'signed-in') return { ...login, user, info };
  if (login.outcome === 'denied') return login;
  if (!isFindable) throw new MfaError('user-unavailable', NOBODY_FOUND);
  const sessionData = {
    ...(login.challengeHint === null ? {} : { challengeHint: login.challengeHint }),
    ...proven.origin,
    ...(unlock === undefined ? {} : { unlock }),
  };
  // If a code is sent, only sending it tells which login continues after a second click.
  const isSent = login.challengeHint !== null && channelOfKind(login.challengeHint.kind) !== null;
  const { pending } = isSent ? await login.begun : login;
  const [{ ask }] = await Promise.all([
    login.begun,
    enterPendingLogin(context, req, { pending, name, sessionData }),
  ]);
  return { ...login, pending, ask };
}

/** The link to end a lock that this visitor opened, if it is for this account. It is kept in the session with the new id. */
async function unlockOf(context: HttpContext, req: Request, userId: string): Promise<string | undefined> {
  const unlock = req.session?.mfa === undefined ? undefined : readSessionData(req).unlock;
  if (unlock === undefined) return undefined;
  const link = await findLinkByHash(context, unlock);
  return link?.userId === userId ? unlock : undefined;
}

/** The JSON answer to a password that leads to a second step, with the CSRF token for that step under the new session id. */
export async function describePending(
  context: HttpContext,
  req: Request,
  attempt: LoginAttempt & { readonly outcome: 'pending' },
): Promise<StepBody> {
  const { decision, gathered, ask } = attempt;
  const step = describeDecision(context, { decision, gathered, ask, returnTo: null });
  const next = pendingPath(context, attempt);
  const shown = await describeShown(context, gathered, ask);
  return { ...step, ...shown, next, csrfToken: context.csrf.token(req) };
}

export function pendingPath(
  context: HttpContext,
  attempt: LoginAttempt & { readonly outcome: 'pending' },
): string {
  if (attempt.unlocking) return `${context.options.pagesPath}${UNLOCK_PATH}/challenge`;
  return nextPath(context, attempt.decision, null);
}

export type LoginOrigin = Pick<MfaSessionData, 'returnTo' | 'host'>;

/** Their session, or a browser that they let us remember. It only gives the sign-in its own attempt count. */
export function trustedSourceOf(context: HttpContext, req: Request, username: string): string | null {
  const name = usernameKey(username);
  const handle = ownSession(context, req, name);
  if (handle !== null) return sourceOfSession(handle);
  const browser = readBrowserCookie(context, req);
  return browser !== null && isBrowserOf(context.keyRing, browser.id, name) ? `browser:${browser.id}` : null;
}

/** The trusted source of a signed-in person who enters the password again. */
export function sourceOfSession(handle: string): string {
  return `session:${handle}`;
}

function ownSession(context: HttpContext, req: Request, name: string): string | null {
  if (req.user === undefined || req.user === null || req.session?.mfa === undefined) return null;
  const { session } = readSessionData(req);
  if (session === undefined) return null;
  const { username } = context.directory.accountOf(req.user);
  return usernameKey(username) === name ? session.handle : null;
}

/** The longest time between two clicks on the same form, on a slow network. */
const SECONDS = 10;

/** Identifies a second click on a sign-in form: it has the same address, cookies, user agent and languages. */
export function firstStepOf(context: HttpContext, req: Request, userId: string): FirstStep {
  const { 'user-agent': userAgent = '', 'accept-language': languages = '', cookie = '' } = req.headers;
  const browser = [req.ip ?? '', userAgent, languages, cookie];
  const login = req.session?.mfa === undefined ? undefined : readSessionData(req).login;
  return {
    mark: hashToken(context.keyRing, 'first-step', [userId, ...browser]),
    seconds: SECONDS,
    pendingId: login?.userId === userId ? login.pendingId : null,
  };
}
