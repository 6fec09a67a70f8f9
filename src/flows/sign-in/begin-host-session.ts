import { addEvidence, isFirstFactor, latestProof, type Evidence } from '../../core/decision/assurance';
import { areEpochsCurrent, isEndedBy, sessionExpiresAt } from '../../core/decision/session-lifetime';
import type { Account } from '../../options/ports';
import type { AuthSubject, SessionGrant } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';
import { gatherFacts, gatherLoginFacts, type Gathered } from '../context/gather-facts';
import { decideByPolicy } from '../context/judge-access';
import { noteSignIn } from '../notices/new-browser';
import { establishEpochs } from './log-in';

type SessionSubject = AuthSubject & { readonly phase: 'session' };

/** Who is signed in, as far as is known, in the session that a sign-in of the host will replace. */
export type SignedInBefore =
  | { readonly kind: 'nobody' }
  /** Somebody, in a session without our claims, so it is unknown since when. */
  | { readonly kind: 'somebody' }
  | { readonly kind: 'session'; readonly subject: SessionSubject };

export interface HostSignIn {
  readonly account: Account;
  readonly before: SignedInBefore;
  /** The host says that the person authenticated just now: not by a remember-me cookie, not by impersonation. */
  readonly isFresh: boolean;
  /** The channel by which they did. */
  readonly channel?: string;
  readonly origin: Origin;
}

/** Epochs that no record holds: a session that carries them has ended. */
const ENDED = { user: '', organization: '' } as const;

/**
 * The grant of a session that a sign-in of the host begins. If the same person is signed in already, their session continues, so that a route
 * that only renews `req.user` neither extends a session nor revives an ended one.
 */
export async function beginHostSession(context: FlowContext, signIn: HostSignIn): Promise<SessionGrant> {
  const { account, before } = signIn;
  if (before.kind === 'session' && before.subject.userId === account.id) {
    const gathered = await gatherFacts(context, account, before.subject);
    if (!isMerelyExpired(before.subject, gathered)) return goOn(signIn, gathered, before.subject);
  }
  const isSeen = signIn.isFresh && !(await isAnotherIn(context, signIn));
  const at = context.clock.now();
  const evidence = [toEvidence(signIn, isSeen ? { at, seen: true } : { at })];
  const gathered = await gatherLoginFacts(context, account, evidence);
  const mayBeEnded = before.kind === 'somebody' && isStartTooOld(gathered, null);
  const epochs = mayBeEnded ? ENDED : await establishEpochs(context, gathered);
  // A second step that is due is asked for in this session, and makes the sign-in complete.
  const { outcome } = decideByPolicy(gathered);
  if (isSeen && !mayBeEnded && (outcome === 'allow' || outcome === 'enroll'))
    noteSignIn(context, { gathered, origin: signIn.origin });
  return {
    userId: account.id,
    organizationId: account.organizationId,
    evidence,
    epochs,
    startedAt: gathered.now,
    skipped: false,
    expiresAt: sessionExpiresAt({ startedAt: gathered.now }, gathered.policy.policy),
    replaces: null,
  };
}

function toEvidence({ account, channel }: HostSignIn, proven: Pick<Evidence, 'at' | 'seen'>): Evidence {
  const method = account.federated ? 'federated' : 'host';
  return { method, ...proven, ...(channel === undefined ? {} : { channel }) };
}

/** Whether sessions were ended since, of the person or of the organization. */
export function isStartTooOld(
  { member, policy }: Pick<Gathered, 'member' | 'policy'>,
  startedAt: number | null,
): boolean {
  return isEndedBy(member, startedAt) || isEndedBy(policy, startedAt);
}

/** Whether the session expired without being ended. A sign-in after it is a new one. */
function isMerelyExpired(subject: AuthSubject, { facts, member, policy }: Gathered): boolean {
  const current = areEpochsCurrent(subject.epochs, { user: member.epoch, organization: policy.epoch });
  return facts.session?.phase === 'expired' && current;
}

/** The session continues under a new id. An end in the meantime still counts, and no second factor is kept. */
function goOn(signIn: HostSignIn, { policy, now }: Gathered, subject: SessionSubject): SessionGrant {
  const { userId, organizationId, epochs, startedAt, skipped, ownerId, evidence } = subject;
  const provenAt = latestProof(evidence, ({ method, seen }) => method === 'password' || seen === true, now);
  const proof = toEvidence(signIn, provenAt === null ? { at: startedAt } : { at: provenAt, seen: true });
  return {
    userId,
    organizationId,
    evidence: addEvidence(evidence.filter(isFirstFactor), proof),
    epochs,
    startedAt,
    skipped,
    expiresAt: sessionExpiresAt({ startedAt }, policy.policy),
    replaces: ownerId,
    continues: true,
  };
}

/** Another person’s session continues in this browser: an administrator may be impersonating this one. */
async function isAnotherIn({ state }: FlowContext, { account, before }: HostSignIn): Promise<boolean> {
  if (before.kind === 'nobody') return false;
  if (before.kind === 'somebody') return true;
  const { userId, ownerId } = before.subject;
  return userId !== account.id && (await state.findSession(userId, ownerId)) !== undefined;
}
