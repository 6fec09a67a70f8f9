import type { Request } from 'express';
import { PlainSecret } from '../core/plain-secret';
import { openSecret, sealSecret } from '../core/sealed-secret';
import type { HttpContext } from './http-context';
import { readSlot } from './session-slot';
import type { NewCodesSlot } from './session-slot';

/** How long a new set can be shown, saved and acknowledged. */
const HELD_SECONDS = 900;

const bindingOf = (userId: string) => ({ userId, authenticatorId: 'recovery-codes', kind: 'totp' }) as const;

/** New codes wait sealed in the session until the person says that they are saved. */
export function holdNewCodes(
  context: HttpContext,
  userId: string,
  made: { readonly codes: readonly string[]; readonly replacesOlder: boolean },
): NewCodesSlot {
  const { codes, replacesOlder } = made;
  const sealed = sealSecret(context.keyRing, new PlainSecret(codes.join('\n')), bindingOf(userId));
  return { sealed, issuedAt: context.clock.now(), shown: false, replacesOlder };
}

export interface HeldCodes extends Pick<NewCodesSlot, 'issuedAt' | 'shown' | 'replacesOlder'> {
  readonly codes: readonly string[];
}

/** The codes that wait in this session, or null where there are none or nobody came for them in time. */
export function openNewCodes(context: HttpContext, req: Request, userId: string): HeldCodes | null {
  const { newCodes } = readSlot(req);
  if (newCodes === undefined) return null;
  const { sealed, issuedAt, shown, replacesOlder } = newCodes;
  if (context.clock.now() >= issuedAt + HELD_SECONDS * 1000) return null;
  const opened = openSecret(context.keyRing, sealed, bindingOf(userId));
  if (opened.outcome !== 'opened') return null;
  return { codes: opened.secret.reveal().split('\n'), issuedAt, shown, replacesOlder };
}
