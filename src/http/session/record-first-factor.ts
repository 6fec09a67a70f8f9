import type { Request } from 'express';
import { addEvidence, isFirstFactor, type Evidence } from '../../core/decision/assurance';
import { sessionExpiresAt } from '../../core/decision/session-lifetime';
import { judgeUpstream, type UpstreamClaims } from '../../core/decision/upstream-proof';
import { MfaError } from '../../core/errors';
import { continueGrant, type AuthSubject } from '../../flows/context/context';
import { toStoredChannel, type FirstFactor } from '../../flows/context/first-factor-channels';
import { effectivePolicy } from '../../flows/context/gather-facts';
import { recordPasswordChange as changePassword } from '../../flows/sessions/end-sessions';
import { beginHostSession } from '../../flows/sign-in/host-login';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import { originOf, stateOf, takePrefetchedRecords } from '../kernel/request';
import {
  endCookieWithGrant,
  leaveSession,
  register,
  toSessionClaims,
  upgradeSession,
} from './establish-session';
import { storeChanges } from './renew-session';
import { resolveIdentity } from './resolve-identity';
import { readSessionData, sessionMark, updateSessionData } from './session-data';

export type { FirstFactor, FirstFactorChannel } from '../../flows/context/first-factor-channels';

/**
 * The person of this request has just proven who they are. Where we did not see the host sign them in, the session begins now; a code to
 * the address that was named is no second factor in it. A visitor who is not signed in yet takes the address along into the sign-in of
 * the same browser. What an identity provider says of its second factor counts in the session that begins now.
 */
export async function recordFirstFactor(
  context: HttpContext,
  req: Request,
  given: FirstFactor | undefined,
): Promise<void> {
  await record(context, req, given);
  // The host redirects next, and the browser may come back before express-session has saved.
  await storeChanges(req);
}

async function record(context: HttpContext, req: Request, given: FirstFactor | undefined): Promise<void> {
  const call = 'mfa.recordFirstFactor(req, { channel, address })';
  const upstream = given !== undefined && 'upstream' in given ? given.upstream : undefined;
  const channel =
    given === undefined || 'upstream' in given ? undefined : toStoredChannel(context, call, given);
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous') {
    if (channel === undefined) throw nobodySignedIn('nobody is signed in');
    updateSessionData(req, { channel });
    return;
  }
  const { subject, account } = identity;
  if (subject.phase === 'session' && isSignedInNow(req))
    return beginNow(context, req, { account, channel, upstream });
  if (channel === undefined) throw nobodySignedIn('nobody was signed in by this request');
  await noteInSubject(context, req, { subject, channel });
}

function nobodySignedIn(problem: string): MfaError {
  return new MfaError(
    'session-not-renewed',
    `mfa.recordFirstFactor(req): ${problem}. Call it after req.login, which makes a new session, or say through what the visitor came: { channel, address }.`,
  );
}

/** A login was seen, or the browser does not know the id of this session yet. */
function isSignedInNow(req: Request): boolean {
  const cookies = req.headers.cookie ?? '';
  const ids = [req.sessionID, encodeURIComponent(req.sessionID)];
  return stateOf(req).login === 'done' || !ids.some((id) => cookies.includes(id));
}

async function beginNow(
  context: HttpContext,
  req: Request,
  {
    account,
    channel,
    upstream,
  }: {
    readonly account: Account;
    readonly channel: string | undefined;
    readonly upstream: UpstreamClaims | undefined;
  },
): Promise<void> {
  const signIn = { account, before: { kind: 'nobody' }, isFresh: true, origin: originOf(req) } as const;
  const begun = await beginHostSession(context, { ...signIn, ...(channel === undefined ? {} : { channel }) });
  const proven = channelsNoted(req).reduce(withChannel, begun.evidence);
  const evidence = [...proven, ...upstreamProof(context, req, { account, upstream })];
  const grant = { ...begun, evidence };
  const session = { ...toSessionClaims(context, grant), grantedIn: sessionMark(req) };
  await register(context, { session, grant, origin: originOf(req) });
  leaveSession(context, req);
  updateSessionData(req, {
    session,
    login: undefined,
    challengeHint: undefined,
    madeAfter: undefined,
    channel: undefined,
  });
  endCookieWithGrant(context, req, grant);
  takePrefetchedRecords(req);
}

function upstreamProof(
  context: HttpContext,
  req: Request,
  { account, upstream }: { readonly account: Account; readonly upstream: UpstreamClaims | undefined },
): readonly Evidence[] {
  if (upstream === undefined) return [];
  const verdict = judgeUpstream(context.options.upstreamMfa, upstream, context.clock.now());
  if (verdict.outcome === 'ignored') return [];
  const { id: userId, organizationId } = account;
  const { provider } = upstream;
  const details = { kind: verdict.evidence.method, purpose: 'login', provider };
  context.events.report({
    name: 'proof-accepted',
    userId,
    organizationId,
    address: originOf(req).address,
    details,
  });
  return [verdict.evidence];
}

/** What was said of the person's addresses before holds in the session that begins now. */
function channelsNoted(req: Request): readonly string[] {
  const { session } = readSessionData(req);
  return (session?.evidence ?? []).flatMap(({ channel }) => (channel === undefined ? [] : [channel]));
}

/** How and when the first factor was given stays as it was; only through what it came is added. */
function withChannel(evidence: readonly Evidence[], channel: string): readonly Evidence[] {
  return evidence
    .filter(isFirstFactor)
    .reduce<readonly Evidence[]>((noted, first) => addEvidence(noted, { ...first, channel }), evidence);
}

async function noteInSubject(
  context: HttpContext,
  req: Request,
  { subject, channel }: { readonly subject: AuthSubject; readonly channel: string },
): Promise<void> {
  const { session } = readSessionData(req);
  if (subject.phase === 'session') {
    if (session !== undefined) {
      updateSessionData(req, { session: { ...session, evidence: withChannel(session.evidence, channel) } });
    }
    return;
  }
  const pending = await context.state.findPendingLogin(subject.userId, subject.ownerId);
  if (pending === undefined) return;
  const evidence = withChannel(pending.evidence, channel);
  await context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
  // What was read along with the session says nothing of it.
  takePrefetchedRecords(req);
}

export interface PasswordChangeOptions {
  /** The request in which the person changed it: its session goes on, under a new id. Without it every session ends. */
  readonly keep?: Request;
  /** False if the app tells the person itself. Default true: a notice goes to every address on file. */
  readonly notify?: boolean;
}

export async function recordPasswordChange(
  context: HttpContext,
  userId: string,
  { keep, notify = true }: PasswordChangeOptions,
): Promise<void> {
  if (keep === undefined) {
    await changePassword(context, { userId, origin: null, notify });
    return;
  }
  const identity = await resolveIdentity(context, keep);
  const subject = identity.kind === 'known' ? identity.subject : null;
  if (subject?.phase !== 'session' || subject.userId !== userId) {
    throw new TypeError(
      'mfa.recordPasswordChange(userId, { keep: req }): nobody of that id is signed in in this request. Leave `keep` out where somebody else changed the password.',
    );
  }
  const epochs = await changePassword(context, { userId, kept: subject, origin: originOf(keep), notify });
  if (epochs === null) return;
  const { organizationId, startedAt, evidence } = subject;
  const policy = effectivePolicy(context, await context.records.findPolicy(organizationId));
  const grant = continueGrant(subject, { evidence, expiresAt: sessionExpiresAt({ startedAt }, policy) });
  await upgradeSession(context, keep, { grant: { ...grant, epochs }, change: {} });
}
