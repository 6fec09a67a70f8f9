import { decide } from '../../core/decision/decide';
import { RECOVERY_CODES_ID } from '../../core/member/factor-kind';
import { PlainSecret, openSecret, sealSecret } from '../../core/proof/secrets';
import { hasEnded } from '../../core/text/credible-instant';
import type { MemberRecord } from '../../records/records';
import type { CodesOwner } from '../../stores/unseen-codes';
import type { AuthSubject } from '../context/auth-subject';
import type { FlowContext } from '../context/context';
import type { Gathered } from '../context/gather-facts';

/** How long a new set can be seen. */
const SHOWN_SECONDS = 600;

/** What they are sealed as until their owner has seen them. */
const UNSEEN = 'unseen-codes';

const bindingOf = (userId: string) => ({ userId, authenticatorId: RECOVERY_CODES_ID, kind: UNSEEN });

/** New recovery codes that their owner has not acknowledged. */
export interface ShownCodes {
  readonly codes: readonly string[];
  readonly issuedAt: number;
  readonly replacesOlder: boolean;
}

/**
 * Keeps new codes for the session that makes them. Called before the set is stored, so that no failure after that leaves a person
 * with codes that nobody has seen.
 */
export async function keepUnseenCodes(
  context: FlowContext,
  { userId, ownerId }: CodesOwner,
  { codes, issuedAt, replacesOlder }: ShownCodes,
): Promise<void> {
  const sealed = sealSecret(context.keyRing, new PlainSecret(codes.join('\n')), bindingOf(userId));
  const expiresAt = issuedAt + SHOWN_SECONDS * 1000;
  await context.state.keepUnseenCodes(
    { userId, ownerId },
    { sealed, issuedAt, expiresAt, replacesOlder },
    context.clock.now(),
  );
}

/** The codes that this session has made and not acknowledged; null where there are none, or others work by now. */
export async function findUnseenCodes(
  context: FlowContext,
  { userId, ownerId }: CodesOwner,
  { recoveryCodesIssuedAt }: Pick<MemberRecord, 'recoveryCodesIssuedAt'>,
): Promise<ShownCodes | null> {
  const kept = await context.state.findUnseenCodes({ userId, ownerId });
  if (kept === undefined || kept.issuedAt !== recoveryCodesIssuedAt) return null;
  if (hasEnded(kept.expiresAt, SHOWN_SECONDS, context.clock.now())) return null;
  const opened = openSecret(context.keyRing, kept.sealed, bindingOf(userId));
  if (opened.outcome !== 'opened') return null;
  const { issuedAt, replacesOlder } = kept;
  return { codes: opened.secret.reveal().split('\n'), issuedAt, replacesOlder };
}

/** Whether the subject may see codes: a session may, and a login that lacks nothing but its own end (`isLoginDone`). */
export function maySeeCodes(
  { phase }: Pick<AuthSubject, 'phase'>,
  { facts, now }: Gathered,
  isLoginDone: boolean,
): boolean {
  return phase === 'session' || (isLoginDone && decide(facts, { kind: 'policy' }, now).outcome === 'allow');
}

/** The owner has saved them; they are never shown again. */
export async function acknowledgeCodes(
  context: FlowContext,
  { userId, ownerId }: AuthSubject,
): Promise<void> {
  await context.state.endUnseenCodes({ userId, ownerId });
}
