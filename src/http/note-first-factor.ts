import type { Request } from 'express';
import { addEvidence, isFirstFactor } from '../core/assurance';
import type { Evidence } from '../core/assurance';
import type { Bearer } from '../flows/bearer';
import { toStoredChannel } from '../flows/first-factor-channel';
import type { FirstFactorChannel } from '../flows/first-factor-channel';
import type { HttpContext } from './http-context';
import { takeEarlyReads } from './request-state';
import { readSlot, updateSlot } from './session-slot';
import { storeChanges } from './store-session';
import { identifyVisitor } from './visitor';

export type { FirstFactorChannel } from '../flows/first-factor-channel';

/**
 * From now on a code to that address is no second factor here: whoever reads the mailbox has given the first one by it.
 * A visitor who is not signed in yet takes the note along into the sign-in of the same browser.
 */
export async function noteFirstFactor(
  context: HttpContext,
  req: Request,
  given: FirstFactorChannel,
): Promise<void> {
  const noted = toStoredChannel(context, 'mfa.noteFirstFactor(req, { channel, address })', given);
  const visitor = await identifyVisitor(context, req);
  if (visitor.kind === 'anonymous') updateSlot(req, { channel: noted });
  else await noteInBearer(context, req, { bearer: visitor.bearer, channel: noted });
  // The host redirects next, and the browser may come back before express-session has saved.
  await storeChanges(req);
}

/** How and when the first factor was given stays as it was; only through what it came is added. */
function withChannel(evidence: readonly Evidence[], channel: string): readonly Evidence[] {
  return evidence
    .filter(isFirstFactor)
    .reduce<readonly Evidence[]>((noted, first) => addEvidence(noted, { ...first, channel }), evidence);
}

async function noteInBearer(
  context: HttpContext,
  req: Request,
  { bearer, channel }: { readonly bearer: Bearer; readonly channel: string },
): Promise<void> {
  const { session } = readSlot(req);
  if (bearer.standing === 'session') {
    if (session !== undefined) {
      updateSlot(req, { session: { ...session, evidence: withChannel(session.evidence, channel) } });
    }
    return;
  }
  const pending = await context.state.findPendingLogin(bearer.userId, bearer.ownerId);
  if (pending === undefined) return;
  const evidence = withChannel(pending.evidence, channel);
  await context.state.savePendingEvidence(bearer.userId, bearer.ownerId, evidence);
  // What was read along with the session says nothing of it.
  takeEarlyReads(req);
}
