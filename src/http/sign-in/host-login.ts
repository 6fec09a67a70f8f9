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
import { readSessionData, updateSessionData } from '../session/session-data';
import type { HostLogin } from '../session/session-data-text';
import type { LoginAttempt, LoginOrigin } from './attempt-login';
import { findSavedReturnTo, clearSavedReturnTo, reasonFor, restoreReturnTo } from './return-to';

/** The session stores the host's redirect, flash and message between the two steps. */

/** The options of `passport.authenticate` that apply after the second step. */
export interface AuthenticateOptions {
  readonly successRedirect?: string;
  readonly successReturnToOrRedirect?: string;
  readonly successFlash?: unknown;
  readonly successMessage?: unknown;
  readonly session?: boolean;
}

/** What our pages do for the host after the sign-in: redirect, flash and message. */
export function saveSuccessOptions(
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

/** Data that the host's own route needs to finish the sign-in. */
export function saveForResuming(
  req: Request,
  login: { readonly resumePath: string; readonly info: unknown; readonly context: HttpContext },
): LoginOrigin {
  const { resumePath, info, context } = login;
  restoreReturnTo(context, req);
  const { returnTo } = req.session;
  return {
    host: {
      resumePath,
      ...(isStorable(info) ? { info } : {}),
      ...(typeof returnTo === 'string' ? { returnTo } : {}),
    },
  };
}

/** The host's own options may name another origin; a visitor's `returnTo` may not. */
function findDestination(
  context: HttpContext,
  req: Request,
  { successReturnToOrRedirect, successRedirect }: AuthenticateOptions,
): Pick<LoginOrigin, 'returnTo'> & { readonly next?: string } {
  const { options } = context;
  const { baseUrl } = options;
  const savedReturnTo = successReturnToOrRedirect === undefined ? null : findSavedReturnTo(context, req);
  if (savedReturnTo !== null) clearSavedReturnTo(context, req);
  const target = savedReturnTo ?? successReturnToOrRedirect ?? successRedirect;
  if (target === undefined) return local(requestedReturnTo(req));
  // A relative URL is relative to this request, not to our pages.
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

/** Reads `successFlash` and `successMessage` as Passport does. */
function successNote(option: unknown, info: unknown, type: string): HostLogin['flash'] {
  if (option === undefined || option === null || option === false) return undefined;
  const given = typeof option === 'string' ? option : fieldOf(option, 'message');
  const message = given ?? fieldOf(info, 'message') ?? info;
  const named = fieldOf(option, 'type') ?? fieldOf(info, 'type') ?? type;
  if (typeof message !== 'string' || message === '') return undefined;
  return { type: typeof named === 'string' ? named : type, message };
}

const LONGEST_INFO = 2000;

/** It is stored in the session, so it must be JSON. */
function isStorable(info: unknown): boolean {
  try {
    const text: string | undefined = JSON.stringify(info);
    return text !== undefined && text.length <= LONGEST_INFO;
  } catch {
    return false;
  }
}

/** Sets the message and the flash of `successMessage` and `successFlash` after a sign-in on our pages. */
export function setSuccessMessages(req: Request, { message, flash }: HostLogin): void {
  if (message !== undefined) {
    const before: unknown = Reflect.get(req.session, 'messages');
    Reflect.set(req.session, 'messages', [...(Array.isArray(before) ? before : []), message]);
  }
  if (flash !== undefined) updateSessionData(req, { host: { ...readSessionData(req).host, flash } });
  flashSuccess(req);
}

/** The host's flash middleware may be mounted between our pages and the guard. */
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
  /** The visitor has to do another step first, or is already signed in. */
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

/** A visitor who is already signed in, for example after a reload, or whose login started on our own page. */
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

/** The enrollment, if the organization enrolls at sign-up and there is a factor to set up; otherwise `returnTo`. */
export async function startOnboarding(
  context: HttpContext,
  req: Request,
  returnTo: string | undefined,
): Promise<string> {
  const path = await findOnboardingPath(context, req, returnTo);
  // The host redirects next, and the browser may come back before express-session has saved.
  await storeChanges(req);
  return path;
}

async function findOnboardingPath(
  context: HttpContext,
  req: Request,
  returnTo: string | undefined,
): Promise<string> {
  const continuePath = parseLocalPath(returnTo) ?? context.options.defaultReturnTo;
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous') return continuePath;
  const { facts } = await gatherFacts(context, identity.account, identity.subject);
  const { enabled, enrollAtSignUp } = facts.policy;
  const wanted = facts.featureAvailable && enabled && enrollAtSignUp && !facts.federated;
  if (!wanted || hasFactor(facts) || enrollableKinds(facts).length === 0) return continuePath;
  updateSessionData(req, { onboarding: true });
  return withReturnTo(`${context.options.pagesPath}/enroll`, continuePath);
}
