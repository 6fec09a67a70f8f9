import type { Request } from 'express';
import { isFirstFactor, isSubstitute, type Evidence } from '../../core/decision/assurance';
import {
  adoptedHandle,
  areSameEnds,
  isEndedBy,
  isStartUnknown,
  sessionExpiresAt,
} from '../../core/decision/session-lifetime';
import { newHandle, type AuthSubject, type SessionGrant } from '../../flows/context/context';
import { effectivePolicy, gatherLoginFacts, type Gathered } from '../../flows/context/gather-facts';
import { endSession } from '../../flows/sessions/end-sessions';
import { isStartTooOld } from '../../flows/sign-in/host-login';
import { establishEpochs } from '../../flows/sign-in/log-in';
import type { Account } from '../../options/ports';
import type { HttpContext } from '../kernel/http-context';
import { originOf } from '../kernel/request';
import { recordedChannel, endCookieWithGrant, register } from './establish-session';
import { readSessionData, sessionIdStart, updateSessionData } from './session-data';
import type { MfaSessionData, SessionClaims } from './session-data-text';

interface Found {
  readonly account: Account;
  /** The person signed in to this session after this instant; null if unknown. */
  readonly notBefore: number | null;
}

/** If the user's or the organization's sessions were ended, and this one may be older than that, it counts as ended too. */
export async function adoptSession(
  context: HttpContext,
  req: Request,
  { account, notBefore }: Found,
): Promise<SessionClaims> {
  const now = context.clock.now();
  const method = account.federated ? 'federated' : 'host';
  const evidence: readonly Evidence[] = [{ method, at: now, ...recordedChannel(req) }];
  const gathered = await gatherLoginFacts(context, account, evidence);
  const isNewer = isMadeAfterEnds(req, gathered);
  const start = isNewer || notBefore !== null ? 'known' : 'unknown';
  const found: SessionClaims = {
    userId: account.id,
    handle: adoptedHandle(req.sessionID, start),
    grantedIn: sessionIdStart(req),
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
  const change = {
    login: undefined,
    challengeHint: undefined,
    savedForm: undefined,
    pendingAction: undefined,
    madeAfter: undefined,
  };
  updateSessionData(req, { ...change, session });
  endCookieWithGrant(context, req, grant);
  return session;
}

/** Whether the session replaced an ended one, and neither the user's nor the organization's sessions were ended since. */
function isMadeAfterEnds(req: Request, { account, member, policy }: Gathered): boolean {
  const { madeAfter } = readSessionData(req);
  if (madeAfter?.userId !== account.id || madeAfter.organizationId !== account.organizationId) return false;
  return areSameEnds(madeAfter.user, member) && areSameEnds(madeAfter.organization, policy);
}

/** Whether the sessions were ended between reading and registering; that could not end a session that was not listed yet. */
async function endedMeanwhile({ records }: HttpContext, { account, member }: Gathered): Promise<boolean> {
  const { sessionsEndedAt } = await records.findMember(account.id, account.organizationId);
  return sessionsEndedAt !== member.sessionsEndedAt;
}

interface GrantOf {
  readonly session: SessionClaims;
  readonly account: Account;
}

/** The claims of this person in this session and their current organization. */
export async function resolveGrant(
  context: HttpContext,
  req: Request,
  { session, account }: GrantOf,
): Promise<SessionClaims> {
  const own =
    session.grantedIn === sessionIdStart(req)
      ? session
      : await continueCopied(context, req, { session, account });
  return enterOrganization(context, req, { session: own, account });
}

/** Only the first factor is kept: with `keepSessionInfo`, another person may have signed in between. */
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
    grantedIn: sessionIdStart(req),
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
  // Registers nothing if the old session was ended, or another request has continued it.
  await register(context, { session: continued, grant, origin: originOf(req) });
  updateSessionData(req, { session: continued, challengeHint: undefined });
  endCookieWithGrant(context, req, grant);
  return continued;
}

/** The session keeps an epoch for each organization, so that returning to one cannot revive an ended session. */
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
  // If the organization ended all sessions after this one began, it is also ended in that organization.
  const epoch = isEndedBy(await records.findPolicy(organizationId), startedAt) ? '' : current;
  context.directory.noteSeveralOrganizations();
  const entered = {
    ...session,
    // A browser that one organization remembers is not trusted in another, nor is another organization's identity provider.
    evidence: session.evidence.filter((proof) => !isSubstitute(proof)),
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
    // A skipped enrollment counts only in the organization where it was skipped.
    skipped: skipped && sessionData.skippedIn === organizationId,
    challengeHint: sessionData.challengeHint ?? null,
  };
}
