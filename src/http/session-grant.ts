import type { Request } from 'express';
import { isFirstFactor } from '../core/assurance';
import { adoptedHandle, isStartUnknown } from '../core/session-handle';
import { isEndedBy, sessionExpiresAt } from '../core/session-lifetime';
import type { Bearer, Grant } from '../flows/bearer';
import { newMark } from '../flows/context';
import { effectivePolicy } from '../flows/gather-facts';
import type { Account } from '../ports';
import { endCookieWithGrant, register } from './establish-session';
import type { HttpContext } from './http-context';
import { originOf } from './origin';
import { sessionMark, updateSlot } from './session-slot';
import type { MfaSlot, SessionGrantSlot } from './session-slot';

interface GrantOf {
  readonly session: SessionGrantSlot;
  readonly account: Account;
}

/** The grant of this person as it holds in this session, in the organization they are in. */
export async function resolveGrant(
  context: HttpContext,
  req: Request,
  { session, account }: GrantOf,
): Promise<SessionGrantSlot> {
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
): Promise<SessionGrantSlot> {
  const { userId, startedAt, skipped } = session;
  const { organizationId } = account;
  const start = isStartUnknown(session.handle) ? 'unknown' : 'known';
  const continued: SessionGrantSlot = {
    ...session,
    handle: adoptedHandle(req.sessionID, start),
    grantedIn: sessionMark(req),
    evidence: session.evidence.filter(isFirstFactor),
  };
  const policy = effectivePolicy(context, await context.records.findPolicy(organizationId));
  const grant: Grant = {
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
  updateSlot(req, { session: continued, asked: undefined });
  endCookieWithGrant(context, req, grant);
  return continued;
}

/** A person may go from one organization to another within a session; each one's epoch is kept, so that going back revives nothing. */
async function enterOrganization(
  context: HttpContext,
  req: Request,
  { session, account }: GrantOf,
): Promise<SessionGrantSlot> {
  const { organizationId } = account;
  if (epochOf(session, organizationId) !== undefined) return session;
  const { records } = context;
  const current = await records.establishOrganizationEpoch(organizationId, newMark());
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
  updateSlot(req, { session: entered });
  return entered;
}

function epochOf(session: SessionGrantSlot, organizationId: string): string | undefined {
  return session.organizationEpochs.find(([id]) => id === organizationId)?.[1];
}

export function toSessionBearer(
  session: SessionGrantSlot,
  organizationId: string,
  slot: MfaSlot,
): Bearer & { readonly standing: 'session' } {
  const { userId, handle, userEpoch, startedAt, seenAt, evidence, skipped } = session;
  return {
    standing: 'session',
    userId,
    organizationId,
    ownerId: handle,
    epochs: { user: userEpoch, organization: epochOf(session, organizationId) ?? '' },
    startedAt,
    seenAt,
    evidence,
    // Putting enrollment off counts where it was done.
    skipped: skipped && slot.skippedIn === organizationId,
    asked: slot.asked ?? null,
  };
}
