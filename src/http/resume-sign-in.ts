import type { Request } from 'express';
import { decide } from '../core/decide';
import type { Decision } from '../core/decide';
import { gatherFacts } from '../flows/gather-facts';
import type { Gathered } from '../flows/gather-facts';
import { resumeLogin } from '../flows/resume-login';
import { findUnseenCodes } from '../flows/unseen-codes';
import type { LoginAttempt } from './attempt-login';
import { describeDecision } from './describe-login';
import type { StepBody } from './describe-login';
import type { HttpContext } from './http-context';
import { originOf } from './origin';
import { withReturnTo } from './return-to';
import { reasonFor } from './sign-in-again';
import { readSlot } from './session-slot';
import type { HostLoginSlot } from './session-slot';
import { identifyVisitor } from './visitor';
import type { Visitor } from './visitor';

type Known = Visitor & { readonly kind: 'known' };
type SignedIn = Pick<
  LoginAttempt & { readonly outcome: 'signed-in' },
  'grant' | 'decision' | 'user' | 'info'
>;

export type ResumedSignIn =
  | ({ readonly outcome: 'signed-in' } & SignedIn)
  /** The visitor has to go somewhere else first, or has arrived already. */
  | { readonly outcome: 'step'; readonly step: StepBody }
  | { readonly outcome: 'refused'; readonly because: string; readonly status: number };

/** The host's own sign-in goes on after the second step on our pages. */
export async function resumeSignIn(context: HttpContext, req: Request): Promise<ResumedSignIn> {
  const visitor = await identifyVisitor(context, req);
  if (visitor.kind === 'anonymous') return refused('login-expired', 401);
  const { bearer } = visitor;
  const { host } = readSlot(req);
  if (bearer.standing !== 'pending' || host?.resumePath === undefined) return describeKnown(context, visitor);
  const { account, user } = visitor;
  const codesPath = await findCodesPath(context, req, { ...visitor, host });
  if (codesPath !== null) return { outcome: 'step', step: { outcome: 'enrolled', next: codesPath } };
  const resumed = await resumeLogin(context, { account, bearer, origin: originOf(req) });
  if (resumed.outcome === 'denied') return refusedBy(visitor, resumed.decision);
  if (resumed.outcome === 'pending') return describe(context, resumed);
  const { login } = readSlot(req);
  if (login?.name !== undefined) context.passwords.noteSignIn(req, login.name);
  if (host.returnTo !== undefined) req.session.returnTo = host.returnTo;
  const { grant, decision } = resumed;
  return { outcome: 'signed-in', grant, decision, user, info: host.info };
}

/** Somebody who is signed in already, as after a reload, or whose login began on our own page. */
async function describeKnown(context: HttpContext, visitor: Known): Promise<ResumedSignIn> {
  const gathered = await gatherFacts(context, visitor.account, visitor.bearer);
  const decision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  if (decision.outcome === 'deny' || decision.outcome === 'sign-in') return refusedBy(visitor, decision);
  if (decision.outcome !== 'allow') return describe(context, { decision, gathered });
  if (visitor.bearer.standing === 'pending') return refused('login-expired', 401);
  const { because } = decision;
  return { outcome: 'step', step: { outcome: 'signed-in', because, next: context.options.defaultReturnTo } };
}

function describe(
  context: HttpContext,
  found: { readonly decision: Decision; readonly gathered: Gathered },
): ResumedSignIn {
  return { outcome: 'step', step: describeDecision(context, { ...found, ask: null, returnTo: null }) };
}

function refusedBy(visitor: Visitor, { outcome, because }: Decision): ResumedSignIn {
  return refused(reasonFor(visitor, because), outcome === 'deny' ? 403 : 401);
}

function refused(because: string, status: number): ResumedSignIn {
  return { outcome: 'refused', because, status };
}

/** New recovery codes end with the login that made them, so they are seen before it does. */
async function findCodesPath(
  context: HttpContext,
  req: Request,
  { account, bearer, host }: Known & { readonly host: HostLoginSlot },
): Promise<string | null> {
  if (readSlot(req).unseenCodes === undefined || host.resumePath === undefined) return null;
  const member = await context.records.findMember(account.id, account.organizationId);
  const codes = await findUnseenCodes(context, bearer, member);
  if (codes === null) return null;
  return withReturnTo(`${context.options.pagesPath}/enroll/recovery-codes`, host.resumePath);
}
