import type { Request } from 'express';
import { endWhenLeft } from './end-when-left';
import type { HttpContext } from './http-context';
import { findSlot, writeSlot } from './session-slot';
import { isSomebodyIn } from './signed-in-user';

/**
 * A host makes a new session: to sign somebody out, or to go on under another id with what it copies. Which of the two shows only later.
 * So the new session is marked as the one that follows, and nothing that ended the old one is forgotten.
 */
export function carryGrant(context: HttpContext, req: Request): () => void {
  const { session, madeAfter } = findSlot(req);
  const { res } = req;
  if (res !== undefined && (session !== undefined || isSomebodyIn(req))) endWhenLeft(context, req, res);
  if (session === undefined && madeAfter === undefined) return () => undefined;
  return () =>
    writeSlot(req, {
      ...(session === undefined ? {} : { session }),
      ...(madeAfter === undefined ? {} : { madeAfter }),
    });
}
