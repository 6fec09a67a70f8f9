import type { Request } from 'express';
import { isFirstFactor, type Evidence } from '../../core/decision/assurance';
import {
  adoptedHandle,
  areSameEnds,
  isEndedBy,
  isStartUnknown,
  sessionExpiresAt,
} from '../../core/decision/session-lifetime';
import type { AuthSubject, SessionGrant } from '../../flows/context/auth-subject';
import { newHandle } from '../../flows/context/context';
import { effectivePolicy, gatherLoginFacts, type Gathered } from '../../flows/context/gather-facts';
import { endSession } from '../../flows/sessions/end-sessions';
import { isStartTooOld } from '../../flows/sign-in/begin-host-session';
import { establishEpochs } from '../../flows/sign-in/log-in';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import { originOf } from '../kernel/request';
import { channelNoted, endCookieWithGrant, register } from './establish-session';
import { readSessionData, sessionMark, updateSessionData } from './session-data';
import type { MfaSessionData, SessionClaims } from './session-data-text';

interface Found {
  readonly account: Account;
  /** An instant before which the session cannot have become this person's, where one is known. */
  readonly notBefore: number | null;
}

/**
 * Dates a session that the host began out of our sight, and makes it one that can be ended. One that may be older than an end of the
 * person's sessions, or of the organization's, has ended.
 */
export async function adoptSession(
  context: HttpContext,
  req: Request,
  { account, notBefore }: Found,
): Promise<SessionClaims> {
  const now = context.clock.now();
  const method = account.federated ? 'federated' : 'host';
  const evidence: readonly Evidence[] = [{ method, at: now, ...channelNoted(req) }];
  const gathered = await gatherLoginFacts(context, account, evidence);
  const isNewer = isMadeAfterEnds(req, gathered);
  const start = isNewer || notBefore !== null ? 'known' : 'unknown';
  const found: SessionClaims = {
    userId: account.id,
    handle: adoptedHandle(req.sessionID, start),
    grantedIn: sessionMark(req),
    userEpoch: '',
    organizationEpochs: [[account.organizationId, '']],
    startedAt: now,
    seenAt: now,
    evidence,
    skipped: false,
  };
  if (!isNewer && isStartTooOld(gathered, notBefore)) return found;
  const epochs = await establishEpochs(context, gathered);
  const session: SessionClaims = {
    ...found,
    userEpoch: epochs.user,
    organizationEpochs: [[account.organizationId, epochs.organization]],
  };
  const grant: SessionGrant = {
    userId: account.id,
    organizationId: account.organizationId,
    evidence,
    epochs,
    startedAt: now,
    skipped: false,
    expiresAt: sessionExpiresAt({ startedAt: now }, gathered.policy.policy),
    replaces: null,
  };
  await register(context, { session, grant, origin: originOf(req) });
  if (await endedMeanwhile(context, gathered)) {
    await endSession(context, session);
    return found;
  }
  const change = { login: undefined, asked: undefined, savedForm: undefined, madeAfter: undefined };
  updateSessionData(req, { ...change, session });
  endCookieWithGrant(context, req, grant);
  return session;
}

/** Whether the session was made after the last end of both, in place of one that was over. */
function isMadeAfterEnds(req: Request, { account, member, policy }: Gathered): boolean {
  const { madeAfter } = readSessionData(req);
  if (madeAfter?.userId !== account.id || madeAfter.organizationId !== account.organizationId) return false;
  return areSameEnds(madeAfter.user, member) && areSameEnds(madeAfter.organization, policy);
}

/** A log-out may have come between reading and registering, and found nothing to end. */
async function endedMeanwhile({ records }: HttpContext, { account, member }: Gathered): Promise<boolean> {
  const { sessionsEndedAt } = await records.findMember(account.id, account.organizationId);
  return sessionsEndedAt !== member.sessionsEndedAt;
}

interface GrantOf {
  readonly session: SessionClaims;
  readonly account: Account;
}

/** The grant of this person as it holds in this session, in the organization they are in. */
export async function resolveGrant(
  context: HttpContext,
  req: Request,
  { session, account }: GrantOf,
): Promise<SessionClaims> {
  const own =
    session.grantedIn === sessionMark(req)
      ? session
      : await continueCopied(context, req, { session, account });
  return enterOrganization(context, req, { session: own, account });
}

/**
 * A host made a new session and copied the old one into it. It goes on from where it was, or has ended with it; only the first factor is
 * taken along, since with `keepSessionInfo` another person’s sign-in may lie in between.
 */
async function continueCopied(
  context: HttpContext,
  req: Request,
  { session, account }: GrantOf,
): Promise<SessionClaims> {
  const { userId, startedAt, skipped } = session;
  const { organizationId } = account;
  const start = isStartUnknown(session.handle) ? 'unknown' : 'known';
  const continued: SessionClaims = {
    ...session,
    handle: adoptedHandle(req.sessionID, start),
    grantedIn: sessionMark(req),
    evidence: session.evidence.filter(isFirstFactor),
  };
  const policy = effectivePolicy(context, await context.records.findPolicy(organizationId));
  const grant: SessionGrant = {
    userId,
    organizationId,
    evidence: continued.evidence,
    epochs: { user: session.userEpoch, organization: epochOf(session, organizationId) ?? '' },
    startedAt,
    skipped,
    expiresAt: sessionExpiresAt({ startedAt }, policy),
    replaces: session.handle,
    continues: true,
  };
  // Nothing is registered where the old one is gone: it ended, or another request has continued it already.
  await register(context, { session: continued, grant, origin: originOf(req) });
  updateSessionData(req, { session: continued, asked: undefined });
  endCookieWithGrant(context, req, grant);
  return continued;
}

/** A person may go from one organization to another within a session; each one's epoch is kept, so that going back revives nothing. */
async function enterOrganization(
  context: HttpContext,
  req: Request,
  { session, account }: GrantOf,
): Promise<SessionClaims> {
  const { organizationId } = account;
  if (epochOf(session, organizationId) !== undefined) return session;
  const { records } = context;
  const current = await records.establishOrganizationEpoch(organizationId, newHandle());
  const startedAt = isStartUnknown(session.handle) ? null : session.startedAt;
  // A session from before the organization ended all of its sessions is one of them.
  const epoch = isEndedBy(await records.findPolicy(organizationId), startedAt) ? '' : current;
  context.directory.noteSeveralOrganizations();
  const entered = {
    ...session,
    // What one organization lets stand in for a proof, another may not.
    evidence: session.evidence.filter(({ method }) => method !== 'remembered-browser'),
    organizationEpochs: [...session.organizationEpochs, [organizationId, epoch] as const],
  };
  updateSessionData(req, { session: entered });
  return entered;
}

function epochOf(session: SessionClaims, organizationId: string): string | undefined {
  return session.organizationEpochs.find(([id]) => id === organizationId)?.[1];
}

export function toSessionSubject(
  session: SessionClaims,
  organizationId: string,
  sessionData: MfaSessionData,
): AuthSubject & { readonly phase: 'session' } {
  const { userId, handle, userEpoch, startedAt, seenAt, evidence, skipped } = session;
  return {
    phase: 'session',
    userId,
    organizationId,
    ownerId: handle,
    epochs: { user: userEpoch, organization: epochOf(session, organizationId) ?? '' },
    startedAt,
    seenAt,
    evidence,
    // Putting enrollment off counts where it was done.
    skipped: skipped && sessionData.skippedIn === organizationId,
    asked: sessionData.asked ?? null,
  };
}
