import type { Request } from 'express';
import type { Evidence } from '../core/assurance';
import { adoptedHandle } from '../core/session-handle';
import { areSameEnds, sessionExpiresAt } from '../core/session-lifetime';
import { isStartTooOld } from '../flows/begin-host-session';
import type { Grant } from '../flows/bearer';
import { endSession } from '../flows/end-sessions';
import { gatherLoginFacts } from '../flows/gather-facts';
import type { Gathered } from '../flows/gather-facts';
import { establishEpochs } from '../flows/log-in';
import type { Account } from '../ports';
import { channelNoted } from './channel-noted';
import { endCookieWithGrant, register } from './establish-session';
import type { HttpContext } from './http-context';
import { originOf } from './origin';
import { readSlot, sessionMark, updateSlot } from './session-slot';
import type { SessionGrantSlot } from './session-slot';

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
): Promise<SessionGrantSlot> {
  const now = context.clock.now();
  const method = account.federated ? 'federated' : 'host';
  const evidence: readonly Evidence[] = [{ method, at: now, ...channelNoted(req) }];
  const gathered = await gatherLoginFacts(context, account, evidence);
  const isNewer = isMadeAfterEnds(req, gathered);
  const start = isNewer || notBefore !== null ? 'known' : 'unknown';
  const found: SessionGrantSlot = {
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
  const session: SessionGrantSlot = {
    ...found,
    userEpoch: epochs.user,
    organizationEpochs: [[account.organizationId, epochs.organization]],
  };
  const grant: Grant = {
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
  const change = { login: undefined, asked: undefined, keptForm: undefined, madeAfter: undefined };
  updateSlot(req, { ...change, session });
  endCookieWithGrant(context, req, grant);
  return session;
}

/** Whether the session was made after the last end of both, in place of one that was over. */
function isMadeAfterEnds(req: Request, { account, member, policy }: Gathered): boolean {
  const { madeAfter } = readSlot(req);
  if (madeAfter?.userId !== account.id || madeAfter.organizationId !== account.organizationId) return false;
  return areSameEnds(madeAfter.user, member) && areSameEnds(madeAfter.organization, policy);
}

/** A log-out may have come between reading and registering, and found nothing to end. */
async function endedMeanwhile({ records }: HttpContext, { account, member }: Gathered): Promise<boolean> {
  const { sessionsEndedAt } = await records.findMember(account.id, account.organizationId);
  return sessionsEndedAt !== member.sessionsEndedAt;
}
