import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Decision, Requirement } from '../../core/decision/decide';
import type { Strength } from '../../core/policy/policy';
import type { AuthSubject } from '../../flows/context/context';
import type { Gathered } from '../../flows/context/gather-facts';
import { judgeRequest, renewSeenAt } from '../../flows/context/judge-access';
import type { HttpContext } from '../kernel/http-context';
import { refuseRequest } from '../kernel/refusals';
import { asksForPage } from '../kernel/representation';
import { isOptionPath, stateOf, takePrefetchedRecords, type RequestIdentity } from '../kernel/request';
import { endWhenLeft } from '../session/end-when-left';
import { answerOnceStored, storeChanges } from '../session/renew-session';
import { resolveIdentity } from '../session/resolve-identity';
import { readSessionData, updateSessionData } from '../session/session-data';
import { watchPassport } from '../session/watch-passport';
import { flashSuccess } from './host-login';

export interface GuardOptions {
  /**
   * Visitors who are not signed in: `sign-in` (default) sends them to the login page, `applyPolicy` lets them through to your own routes. A pending
   * login is not signed in.
   */
  readonly anonymous?: 'sign-in' | 'pass';
  /**
   * Paths of your own log-out, which the guard always lets through. They start at the app's root and are compared as by the
   * app's router: case and a trailing slash are ignored unless `case sensitive routing` or `strict routing` is on. Default
   * `['/logout']`.
   */
  readonly logoutPaths?: readonly string[];
  /**
   * Whether a refused request is answered with JSON instead of a page. Default: true unless the request is a navigation,
   * according to its `Sec-Fetch-*`, `X-Requested-With` and `Accept` headers.
   * @example
   * app.use(mfa.guard({ json: (req) => req.path.startsWith('/api/') }));
   */
  readonly json?: (req: Request) => boolean;
}

export type ChooseJson = (req: Request) => boolean;

export interface StepUpOptions {
  /** The maximum age of the proof. */
  readonly maxAgeSeconds: number;
  /**
   * `phishing-resistant` accepts only a method such as a passkey, whatever the policy allows. People without such a method are
   * redirected to set one up. Default `any`.
   */
  readonly strength?: Strength;
  /** As for the guard. */
  readonly json?: (req: Request) => boolean;
}

/** Applies the policy to all routes that are mounted after it: one decision per request, from facts read in one round trip. */
export function createGuard(context: HttpContext, options: GuardOptions = {}): RequestHandler {
  const { logoutPaths = ['/logout'] } = options;
  return function mfaGuard(req, res, next) {
    watchPassport(context, req);
    const requested = req.baseUrl + req.path;
    if (logoutPaths.some((option) => isOptionPath(context, req, { requested, option }))) {
      endWhenLeft(context, req, res);
      next();
      return;
    }
    applyPolicy(context, {
      req,
      res,
      next,
      requirement: { kind: 'policy' },
      anonymous: options.anonymous ?? 'sign-in',
      chooseJson: options.json,
    }).catch(failWith(context, next));
  };
}

/** Requires a second factor no older than this (RFC 9470). It also applies the policy, so it works without the guard. */
export function createRequireStepUp(
  context: HttpContext,
  { maxAgeSeconds, strength = 'any', json }: StepUpOptions,
): RequestHandler {
  return function requireStepUp(req, res, next) {
    applyPolicy(context, {
      req,
      res,
      next,
      requirement: { kind: 'step-up', maxAgeSeconds, strength },
      anonymous: 'sign-in',
      chooseJson: json,
    }).catch(failWith(context, next));
  };
}

/** Tells the developer about a wrong setup, once, and fails the request. */
export function failWith({ advice }: HttpContext, next: NextFunction): (error: unknown) => void {
  return function fail(error) {
    advice.reportFault(error);
    next(error);
  };
}

async function applyPolicy(
  context: HttpContext,
  request: {
    readonly req: Request;
    readonly res: Response;
    readonly next: NextFunction;
    readonly requirement: Requirement;
    readonly anonymous: 'sign-in' | 'pass';
    readonly chooseJson: GuardOptions['json'];
  },
): Promise<void> {
  const { req, res, next, requirement, anonymous } = request;
  if (isForPagesBelowGuard(context, req)) return next();
  const identity = await resolveIdentity(context, req);
  // The host's own response may be a redirect too.
  await storeChanges(req);

  const signedIn = identity.kind === 'known' && identity.subject.phase === 'session';
  if (identity.kind === 'known') context.awaited.sawSession(req);
  if (!signedIn && (anonymous === 'pass' || isForSignInBelowGuard(context, req))) return next();
  const decision = signedIn ? await judge(context, req, identity, requirement) : NO_SESSION;
  if (decision.outcome === 'allow') {
    flashSuccess(req);
    return next();
  }
  answerOnceStored(req, res, next);
  const json = request.chooseJson?.(req) ?? !asksForPage(req);
  await refuseRequest(context, { req, res, identity, decision, json });
}

const NO_SESSION: Decision = { outcome: 'sign-in', because: 'no-session' };

async function judge(
  context: HttpContext,
  req: Request,
  identity: RequestIdentity & { readonly kind: 'known' },
  requirement: Requirement,
): Promise<Decision> {
  const early = takePrefetchedRecords(req);
  const { gathered, decision } = await judgeRequest(context, { ...identity, requirement, early });
  stateOf(req).facts = gathered;
  if (decision.outcome === 'allow') await recordSeen(context, req, identity.subject, gathered);
  return decision;
}

/** Restarts the idle timeout of the session with this request. */
export async function recordSeen(
  context: HttpContext,
  req: Request,
  subject: AuthSubject,
  gathered: Gathered,
): Promise<void> {
  const seenAt = await renewSeenAt(context, subject, gathered);
  const { session } = readSessionData(req);
  if (seenAt === null || session === undefined) return;
  updateSessionData(req, { session: { ...session, seenAt } });
}

/** Our pages check access themselves. A guard above them would cause a redirect loop, so it lets them through. */
export function isForPagesBelowGuard({ mounts, advice, options }: HttpContext, req: Request): boolean {
  if (!mounts.isForPages(req)) return false;
  mounts.requirePages(req);
  advice.give(
    'pages-below-guard',
    `mfa.guard() is mounted above mfa.pages(). It lets the routes of the pages through, but other routes below that path should not depend on this: write app.use('${options.pagesPath}', mfa.pages()) above mfa.guard().`,
  );
  return true;
}

/** The sign-in page must be open to people who are not signed in, because the guard redirects them to it. */
export function isForSignInBelowGuard({ advice, mounts, options }: HttpContext, req: Request): boolean {
  const [signInPath = ''] = options.loginPath.split('?');
  const requested = req.baseUrl + req.path;
  if (!isOptionPath({ options }, req, { requested, option: signInPath })) return false;
  if (signInPath.startsWith(`${options.pagesPath}/`)) mounts.requirePages(req);
  advice.give(
    'sign-in-below-guard',
    `mfa.guard() is mounted above \`loginPath\` (${options.loginPath}). It lets that path through, but not the other paths that the page loads or posts to: mount the sign-in page and its files above mfa.guard().`,
  );
  return true;
}
