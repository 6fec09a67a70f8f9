import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { decide } from '../core/decide';
import { asStepUp } from '../core/as-step-up';
import type { Decision, Requirement } from '../core/decide';
import { isSeenAtStale } from '../core/session-lifetime';
import type { Bearer } from '../flows/bearer';
import { gatherFacts } from '../flows/gather-facts';
import { endWhenLeft } from './end-when-left';
import { flashSuccess } from './host-login';
import type { HttpContext } from './http-context';
import { isForPagesBelow, isForSignInBelow } from './below-guard';
import { refuseRequest } from './refuse-request';
import { asksForPage } from './representation';
import { stateOf, takeEarlyReads } from './request-state';
import { isOptionPath } from './same-path';
import { answerOnceStored, storeChanges } from './store-session';
import { readSlot, updateSlot } from './session-slot';
import { identifyVisitor } from './visitor';
import type { Visitor } from './visitor';
import { watchPassport } from './watch-passport';

export interface GuardOptions {
  /**
   * What happens to visitors who are not signed in: `sign-in` (default) sends them to the login page, `pass` leaves them to
   * the host's own routes. A login that is not finished is not signed in.
   */
  readonly anonymous?: 'sign-in' | 'pass';
  /**
   * Paths of the host's own log-out, reachable from every wall. Below the app's root, compared as the app's router does: without
   * regard to case and to a slash at the end, unless `case sensitive routing` or `strict routing` is on. Default `['/logout']`.
   */
  readonly logoutPaths?: readonly string[];
  /**
   * Whether a request that may not go on is answered with data instead of a page. Default: unless it is a navigation, by its
   * `Sec-Fetch-*`, `X-Requested-With` and `Accept` headers.
   * @example
   * app.use(mfa.guard({ json: (req) => req.path.startsWith('/api/') }));
   */
  readonly json?: (req: Request) => boolean;
}

export type ChooseJson = (req: Request) => boolean;

export interface StepUpOptions {
  /** How old the proof may be. */
  readonly maxAgeSeconds: number;
  /** As for the guard. */
  readonly json?: (req: Request) => boolean;
}

/** Everything below obeys the policy: one decision a request, from facts read in one round trip. */
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
    pass(context, {
      req,
      res,
      next,
      requirement: { kind: 'policy' },
      anonymous: options.anonymous ?? 'sign-in',
      chooseJson: options.json,
    }).catch(failWith(context, next));
  };
}

/** A route that wants a second factor no older than this (RFC 9470). It judges the policy too, so it holds without the guard. */
export function createRequireStepUp(
  context: HttpContext,
  { maxAgeSeconds, json }: StepUpOptions,
): RequestHandler {
  return function requireStepUp(req, res, next) {
    pass(context, {
      req,
      res,
      next,
      requirement: { kind: 'step-up', maxAgeSeconds },
      anonymous: 'sign-in',
      chooseJson: json,
    }).catch(failWith(context, next));
  };
}

function failWith({ advice }: HttpContext, next: NextFunction): (error: unknown) => void {
  return function fail(error) {
    advice.reportFault(error);
    next(error);
  };
}

async function pass(
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
  if (isForPagesBelow(context, req)) return next();
  const visitor = await identifyVisitor(context, req);
  // The host's own answer may be a redirect too.
  await storeChanges(req);

  const signedIn = visitor.kind === 'known' && visitor.bearer.standing === 'session';
  if (visitor.kind === 'known') context.awaited.cameBack(req);
  if (!signedIn && (anonymous === 'pass' || isForSignInBelow(context, req))) return next();
  const decision = signedIn ? await judge(context, req, visitor, requirement) : NO_SESSION;
  if (decision.outcome === 'allow') {
    flashSuccess(req);
    return next();
  }
  answerOnceStored(req, res, next);
  const json = request.chooseJson?.(req) ?? !asksForPage(req);
  await refuseRequest(context, { req, res, visitor, decision, json });
}

const NO_SESSION: Decision = { outcome: 'sign-in', because: 'no-session' };

async function judge(
  context: HttpContext,
  req: Request,
  visitor: Visitor & { readonly kind: 'known' },
  requirement: Requirement,
): Promise<Decision> {
  const { account, bearer } = visitor;
  const gathered = await gatherFacts(context, account, bearer, { early: takeEarlyReads(req) });
  stateOf(req).facts = gathered;
  const { facts, now } = gathered;
  const decision = decide(facts, requirement, now);
  if (decision.outcome === 'allow') {
    await renewSeenAt(context, req, bearer, gathered.policy.policy);
    return decision;
  }
  const isBeyondPolicy =
    requirement.kind === 'step-up' && decide(facts, { kind: 'policy' }, now).outcome === 'allow';
  return isBeyondPolicy ? asStepUp(decision) : decision;
}

/** The idle end counts from here. Written now and then, never for a session that was ended meanwhile. */
export async function renewSeenAt(
  context: HttpContext,
  req: Request,
  bearer: Bearer,
  policy: Parameters<typeof isSeenAtStale>[1],
): Promise<void> {
  if (bearer.standing !== 'session') return;
  const now = context.clock.now();
  if (!isSeenAtStale(bearer, policy, now)) return;
  const { session } = readSlot(req);
  if (session === undefined) return;
  updateSlot(req, { session: { ...session, seenAt: now } });
  await context.state.touchSession(bearer.userId, bearer.ownerId, now);
}
