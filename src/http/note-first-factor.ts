import type { Request } from 'express';
import { addEvidence } from '../core/assurance';
import type { Evidence } from '../core/assurance';
import { emailChannel } from '../core/channel';
import { parseEmailAddress } from '../core/email-address';
import type { Bearer } from '../flows/bearer';
import type { HttpContext } from './http-context';
import { readSlot, updateSlot } from './session-slot';
import { identifyVisitor } from './visitor';

/** Through what the host let the person in, or let them choose a new password. */
export interface FirstFactorChannel {
  readonly channel: 'email';
  readonly address: string;
}

/**
 * From now on a code to that address is no second factor here: whoever reads the mailbox has given the first one by it.
 * A visitor who is not signed in yet takes the note along into the sign-in of the same browser.
 */
export async function noteFirstFactor(
  context: HttpContext,
  req: Request,
  { channel, address }: FirstFactorChannel,
): Promise<void> {
  const parsed = parseEmailAddress(address);
  if (channel !== 'email' || parsed.outcome !== 'parsed') {
    throw new TypeError(
      "mfa.noteFirstFactor(req, { channel, address }): channel must be 'email' and address the email address that the link or code was sent to.",
    );
  }
  const noted = emailChannel(context.keyRing, parsed.address);
  const visitor = await identifyVisitor(context, req);
  if (visitor.kind === 'anonymous') {
    updateSlot(req, { channel: noted });
    return;
  }
  const proof: Evidence = { method: 'host', at: context.clock.now(), channel: noted };
  await addToBearer(context, req, { bearer: visitor.bearer, proof });
}

async function addToBearer(
  context: HttpContext,
  req: Request,
  { bearer, proof }: { readonly bearer: Bearer; readonly proof: Evidence },
): Promise<void> {
  const { session } = readSlot(req);
  if (bearer.standing === 'session') {
    if (session !== undefined) {
      updateSlot(req, { session: { ...session, evidence: addEvidence(session.evidence, proof) } });
    }
    return;
  }
  const pending = await context.state.findPendingLogin(bearer.userId, bearer.ownerId);
  if (pending === undefined) return;
  const evidence = addEvidence(pending.evidence, proof);
  await context.state.savePendingEvidence(bearer.userId, bearer.ownerId, evidence);
}
