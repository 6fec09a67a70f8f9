import type { Request } from 'express';
import { sessionExpiresAt } from '../core/session-lifetime';
import { effectivePolicy } from '../flows/gather-facts';
import { recordPasswordChange as changePassword } from '../flows/record-password-change';
import { continueGrant, upgradeSession } from './establish-session';
import type { HttpContext } from './http-context';
import { originOf } from './origin';
import { identifyVisitor } from './visitor';

export interface PasswordChangeOptions {
  /** The request in which the person changed it: its session goes on, under a new id. Without it every session ends. */
  readonly keep?: Request;
  /** False where the app itself tells the person. Default true: every address on file is told. */
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
  const visitor = await identifyVisitor(context, keep);
  const bearer = visitor.kind === 'known' ? visitor.bearer : null;
  if (bearer?.standing !== 'session' || bearer.userId !== userId) {
    throw new TypeError(
      'mfa.recordPasswordChange(userId, { keep: req }): nobody of that id is signed in in this request. Leave `keep` out where somebody else changed the password.',
    );
  }
  const epochs = await changePassword(context, { userId, kept: bearer, origin: originOf(keep), notify });
  if (epochs === null) return;
  const { organizationId, startedAt, evidence } = bearer;
  const policy = effectivePolicy(context, await context.records.findPolicy(organizationId));
  const grant = continueGrant(bearer, { evidence, expiresAt: sessionExpiresAt({ startedAt }, policy) });
  await upgradeSession(context, keep, { grant: { ...grant, epochs }, change: {} });
}
