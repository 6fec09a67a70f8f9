import type { Request } from 'express';
import type { Decision } from '../../core/decision/decide';
import { enrollableKinds, hasFactor } from '../../core/decision/usable-factors';
import { parseLocalPath } from '../../core/text/typed-text';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import { judgeAccess } from '../../flows/context/judge-access';
import { resumeLogin } from '../../flows/sign-in/host-login';
import { publicPath } from '../../options/resolve-options';
import type { HttpContext } from '../kernel/http-context';
import type { StepBody } from '../kernel/representation';
import { fieldOf, originOf, requestedReturnTo, withReturnTo, type RequestIdentity } from '../kernel/request';
import { describeDecision } from '../kernel/respond';
import { storeChanges } from '../session/renew-session';
import { resolveIdentity } from '../session/resolve-identity';
import { markUnstored, readSessionData, updateSessionData } from '../session/session-data';
import type { HostLogin } from '../session/session-data-text';
import type { LoginAttempt, LoginOrigin } from './attempt-login';
import { findKeptReturnTo, forgetKeptReturnTo, reasonFor, restoreReturnTo } from './return-to';

/*
 * What the host does after its sign-in also happens after the second step: its redirect, flash and message, or its own callback. The session
 * keeps it between the two steps.
 */

/** The options of `passport.authenticate` that apply after the second step. */
export interface AuthenticateOptions {
  readonly successRedirect?: string;
  readonly successReturnToOrRedirect?: string;
  readonly successFlash?: unknown;
  readonly successMessage?: unknown;
  readonly session?: boolean;
}

/** What our pages do for the host once the person is signed in. */
export function keepSuccess(
  req: Request,
  login: { readonly options: AuthenticateOptions; readonly info: unknown; readonly context: HttpContext },
): LoginOrigin {
  const { options, info, context } = login;
  const flash = successNote(options.successFlash, info, 'success');
  const message = successNote(options.successMessage, info, '')?.message;
  const { next, ...destination } = findDestination(context, req, options);
  const host = {
    ...(next === undefined ? {} : { next }),
    ...(flash === undefined ? {} : { flash }),
    ...(message === undefined ? {} : { message }),
  };
  return Object.keys(host).length === 0 ? destination : { ...destination, host };
}

/** What the host's own route needs to finish the sign-in. */
export function keepForResuming(
  req: Request,
  login: { readonly resumePath: string; readonly info: unknown; readonly context: HttpContext },
): LoginOrigin {
  const { resumePath, info, context } = login;
  restoreReturnTo(context, req);
  const { returnTo } = req.session;
  return {
    host: {
      resumePath,
      ...(isKeepable(info) ? { info } : {}),
      ...(typeof returnTo === 'string' ? { returnTo } : {}),
    },
  };
}

/** Where the host's own options lead. Those are the host's code, so they may name another origin; what a visitor sends may not. */
function findDestination(
  context: HttpContext,
  req: Request,
  { successReturnToOrRedirect, successRedirect }: AuthenticateOptions,
): Pick<LoginOrigin, 'returnTo'> & { readonly next?: string } {
  const { options } = context;
  const { baseUrl } = options;
  const asked = successReturnToOrRedirect === undefined ? null : findKeptReturnTo(context, req);
  if (asked !== null) forgetKeptReturnTo(context, req);
  const target = asked ?? successReturnToOrRedirect ?? successRedirect;
  if (target === undefined) return local(requestedReturnTo(req));
  // A relative one belongs to the path of this request, not to that of our pages.
  const here = `${baseUrl}${publicPath(options, parseLocalPath(req.originalUrl) ?? '/')}`;
  if (!URL.canParse(target, here)) return {};
  const url = new URL(target, here);
  return url.origin === baseUrl
    ? local(parseLocalPath(url.pathname + url.search + url.hash))
    : { next: url.href };
}

function local(returnTo: string | null): Pick<LoginOrigin, 'returnTo'> {
  return returnTo === null ? {} : { returnTo };
}

/** As Passport reads `successFlash` and `successMessage`. */
function successNote(option: unknown, info: unknown, type: string): HostLogin['flash'] {
  if (option === undefined || option === null || option === false || option === '') return undefined;
  const given = typeof option === 'string' ? option : fieldOf(option, 'message');
  const message = given ?? fieldOf(info, 'message') ?? info;
  const named = fieldOf(option, 'type') ?? fieldOf(info, 'type') ?? type;
  if (typeof message !== 'string' || message === '') return undefined;
  return { type: typeof named === 'string' ? named : type, message };
}

const LONGEST_INFO = 2000;

/** It is kept in the session, so it must be JSON. */
function isKeepable(info: unknown): boolean {
  if (info === undefined) return false;
  try {
    const text: string | undefined = JSON.stringify(info);
    return text !== undefined && text.length <= LONGEST_INFO;
  } catch {
    return false;
  }
}

/** Says what `successMessage` and `successFlash` asked for, to somebody who has just signed in on our pages. */
export function tellSuccess(req: Request, { message, flash }: HostLogin): void {
  if (message !== undefined) {
    const before: unknown = Reflect.get(req.session, 'messages');
    Reflect.set(req.session, 'messages', [...(Array.isArray(before) ? before : []), message]);
    markUnstored(req);
  }
  if (flash !== undefined) updateSessionData(req, { host: { ...readSessionData(req).host, flash } });
  flashSuccess(req);
}

/** The host's flash may come after our pages and before the guard. */
export function flashSuccess(req: Request): void {
  const { host } = readSessionData(req);
  const say: unknown = Reflect.get(req, 'flash');
  if (host?.flash === undefined || typeof say !== 'function') return;
  const { flash, ...rest } = host;
  updateSessionData(req, { host: Object.keys(rest).length === 0 ? undefined : rest });
  Reflect.apply(say, req, [flash.type, flash.message]);
}

type Known = RequestIdentity & { readonly kind: 'known' };
type SignedIn = Pick<
  LoginAttempt & { readonly outcome: 'signed-in' },
  'grant' | 'decision' | 'user' | 'info'
>;

export type ResumedSignIn =
  | ({ readonly outcome: 'signed-in' } & SignedIn)
  /** The visitor has another step to do first, or is signed in already. */
  | { readonly outcome: 'step'; readonly step: StepBody }
  | { readonly outcome: 'refused'; readonly because: string; readonly status: number };

/** Continues the host's own sign-in after the second step on our pages. */
export async function resumeSignIn(context: HttpContext, req: Request): Promise<ResumedSignIn> {
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous') return refused('login-expired', 401);
  const { subject } = identity;
  const { host } = readSessionData(req);
  if (subject.phase !== 'pending' || host?.resumePath === undefined) return describeKnown(context, identity);
  const { account, user } = identity;
  const madeCodes = readSessionData(req).unseenCodes !== undefined;
  const resumed = await resumeLogin(context, { account, subject, origin: originOf(req), madeCodes });
  if (resumed.outcome === 'codes-unseen') {
    const codesPath = withReturnTo(`${context.options.pagesPath}/enroll/recovery-codes`, host.resumePath);
    return { outcome: 'step', step: { outcome: 'enrolled', next: codesPath } };
  }
  if (resumed.outcome === 'denied') return refusedBy(identity, resumed.decision);
  if (resumed.outcome === 'pending') return describe(context, resumed);
  const { login } = readSessionData(req);
  if (login?.name !== undefined) context.passwords.noteSignIn(req, login.name);
  if (host.returnTo !== undefined) req.session.returnTo = host.returnTo;
  const { grant, decision } = resumed;
  return { outcome: 'signed-in', grant, decision, user, info: host.info };
}

/** Somebody who is signed in already, as after a reload, or whose login began on our own page. */
async function describeKnown(context: HttpContext, identity: Known): Promise<ResumedSignIn> {
  const { gathered, decision } = await judgeAccess(context, identity);
  if (decision.outcome === 'deny' || decision.outcome === 'sign-in') return refusedBy(identity, decision);
  if (decision.outcome !== 'allow') return describe(context, { decision, gathered });
  if (identity.subject.phase === 'pending') return refused('login-expired', 401);
  const { because } = decision;
  return { outcome: 'step', step: { outcome: 'signed-in', because, next: context.options.defaultReturnTo } };
}

function describe(
  context: HttpContext,
  found: { readonly decision: Decision; readonly gathered: Gathered },
): ResumedSignIn {
  return { outcome: 'step', step: describeDecision(context, { ...found, ask: null, returnTo: null }) };
}

function refusedBy(identity: RequestIdentity, { outcome, because }: Decision): ResumedSignIn {
  return refused(reasonFor(identity, because), outcome === 'deny' ? 403 : 401);
}

function refused(because: string, status: number): ResumedSignIn {
  return { outcome: 'refused', because, status };
}

export interface OnboardingOptions {
  /** A local path. */
  readonly returnTo?: string;
}

/**
 * Where a person goes after signing up: to the enrollment, if the organization has it in its sign-up and there is a factor to set up, otherwise
 * straight on.
 */
export async function startOnboarding(
  context: HttpContext,
  req: Request,
  returnTo: string | undefined,
): Promise<string> {
  const path = await findWayOn(context, req, returnTo);
  // The host redirects next, and the browser may come back before express-session has saved.
  await storeChanges(req);
  return path;
}

async function findWayOn(context: HttpContext, req: Request, returnTo: string | undefined): Promise<string> {
  const onwards = parseLocalPath(returnTo) ?? context.options.defaultReturnTo;
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous') return onwards;
  const { facts } = await gatherFacts(context, identity.account, identity.subject);
  const { enabled, enrollAtSignUp } = facts.policy;
  const wanted = facts.featureAvailable && enabled && enrollAtSignUp && !facts.federated;
  if (!wanted || hasFactor(facts) || enrollableKinds(facts).length === 0) return onwards;
  updateSessionData(req, { onboarding: true });
  return withReturnTo(`${context.options.pagesPath}/enroll`, onwards);
}
