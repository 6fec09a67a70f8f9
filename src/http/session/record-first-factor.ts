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
  endReplacedSession,
  register,
  toSessionClaims,
  upgradeSession,
} from './establish-session';
import { storeChanges } from './renew-session';
import { resolveIdentity } from './resolve-identity';
import { readSessionData, sessionIdStart, updateSessionData } from './session-data';

export type { FirstFactor, FirstFactorChannel } from '../../flows/context/first-factor-channels';

/**
 * Records that the person of this request has just proven their identity. If we did not see the host sign them in, the session
 * starts now. A code to the given address is not a second factor in this session. If nobody is signed in yet, the address is
 * kept for the sign-in of the same browser. A second factor that the identity provider reports counts in the session that
 * starts now.
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
  await recordInSubject(context, req, { subject, channel });
}

function nobodySignedIn(problem: string): MfaError {
  return new MfaError(
    'session-not-renewed',
    `mfa.recordFirstFactor(req): ${problem}. Call it after req.login, which makes a new session, or pass the address by which the visitor signed in: { channel, address }.`,
  );
}

/** Whether this request has signed the user in: we saw the login, or the browser does not have the id of this session yet. */
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
  const proven = recordedChannels(req).reduce(withChannel, begun.evidence);
  const evidence = [...proven, ...upstreamProof(context, req, { account, upstream })];
  const grant = { ...begun, evidence };
  const session = { ...toSessionClaims(context, grant), grantedIn: sessionIdStart(req) };
  await register(context, { session, grant, origin: originOf(req) });
  endReplacedSession(context, req);
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

/** Channels that were recorded before also apply to the session that starts now. */
function recordedChannels(req: Request): readonly string[] {
  const { session } = readSessionData(req);
  return (session?.evidence ?? []).flatMap(({ channel }) => (channel === undefined ? [] : [channel]));
}

/** Adds the channel to the first factors, and keeps their method and time. */
function withChannel(evidence: readonly Evidence[], channel: string): readonly Evidence[] {
  return evidence
    .filter(isFirstFactor)
    .reduce<readonly Evidence[]>((noted, first) => addEvidence(noted, { ...first, channel }), evidence);
}

async function recordInSubject(
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
  // The records that were read with the session are out of date now.
  takePrefetchedRecords(req);
}

export interface PasswordChangeOptions {
  /** The request in which the person changed it. Its session continues under a new id. Without it, every session ends. */
  readonly keep?: Request;
  /** False if the app notifies the person itself. Default true: a notice goes to every address on file. */
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
      'mfa.recordPasswordChange(userId, { keep: req }): nobody of that id is signed in to the session of `keep`. Omit `keep` if another person changed the password.',
    );
  }
  const epochs = await changePassword(context, { userId, kept: subject, origin: originOf(keep), notify });
  if (epochs === null) return;
  const { organizationId, startedAt, evidence } = subject;
  const policy = effectivePolicy(context, await context.records.findPolicy(organizationId));
  const grant = continueGrant(subject, { evidence, expiresAt: sessionExpiresAt({ startedAt }, policy) });
  await upgradeSession(context, keep, { grant: { ...grant, epochs }, change: {} });
}
