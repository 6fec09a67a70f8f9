import type { Request } from 'express';
import { findSlot } from './session-slot';

/** Through what the visitor proved, before signing in, that an account is theirs; taken along into the sign-in. */
export function channelNoted(req: Request): { readonly channel?: string } {
  const { channel } = findSlot(req);
  return channel === undefined ? {} : { channel };
}
