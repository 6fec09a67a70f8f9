import { addEvidence, isFirstFactor, latestProof, type Evidence } from '../../core/decision/assurance';
import type { Decision } from '../../core/decision/decide';
import { areEpochsCurrent, isEndedBy, sessionExpiresAt } from '../../core/decision/session-lifetime';
import type { Account } from '../../options/ports';
import type { PendingLogin } from '../../stores/state-store';
import { findUnseenCodes } from '../authenticators/recovery-codes';
import {
  loginOf,
  newId,
  type AuthSubject,
  type FlowContext,
  type Origin,
  type SessionGrant,
} from '../context/context';
import { gatherFacts, gatherLoginFacts, type Gathered } from '../context/gather-facts';
import { decideByPolicy, judgeAccess } from '../context/judge-access';
import { noteSignIn } from '../notices/notify';
import { establishEpochs } from './log-in';

export type HostSubject = AuthSubject & { readonly phase: 'pending' };

/** The host is responsible for the first factor. Like any login, it ends after ten minutes and with the person's sessions. */
export async function beginHostLogin(
  context: FlowContext,
  account: Account,
): Promise<{ readonly subject: HostSubject; readonly gathered: Gathered }> {
  const evidence = [{ method: 'host', at: context.clock.now() }] as const;
  const gathered = await gatherLoginFacts(context, account, evidence);
  const pending: PendingLogin = {
    id: newId(),
    userId: account.id,
    organizationId: account.organizationId,
    evidence,
    epochs: await establishEpochs(context, gathered),
    startedAt: gathered.now,
    expiresAt: gathered.now + context.options.pendingLoginSeconds * 1000,
  };
  await context.state.createPendingLogin(pending);
  return { subject: toSubject(pending, null), gathered };
}

export async function findHostLogin(
  context: FlowContext,
  { id: userId, organizationId }: Account,
  ownerId: string,
): Promise<HostSubject | null> {
  if (!/^[\w-]{1,64}$/.test(ownerId)) return null;
  const owner = { userId, ownerId, purpose: 'login' } as const;
  const [pending, challenge] = await Promise.all([
    context.state.findPendingLogin(userId, ownerId),
    context.state.findChallenge(owner),
  ]);
  if (pending?.organizationId !== organizationId) return null;
  const challengeHint =
    challenge === undefined
      ? null
      : {
          purpose: owner.purpose,
          kind: challenge.kind,
          authenticatorId: challenge.authenticatorId,
        };
  return toSubject(pending, challengeHint);
}

function toSubject(pending: PendingLogin, challengeHint: AuthSubject['challengeHint']): HostSubject {
  const { id, userId, organizationId, epochs, startedAt, expiresAt } = pending;
  return {
    phase: 'pending',
    ownerId: id,
    userId,
    organizationId,
    epochs,
    startedAt,
    expiresAt,
    challengeHint,
  };
}

export type ResumedLogin =
  /** The person has not seen new recovery codes. They would be lost with the login, so show them first. */
  | { readonly outcome: 'codes-unseen' }
  | { readonly outcome: 'signed-in'; readonly grant: SessionGrant; readonly decision: Decision }
  | {
      readonly outcome: 'pending';
      readonly decision: Decision & { readonly outcome: 'challenge' | 'enroll' };
      readonly gathered: Gathered;
    }
  | { readonly outcome: 'denied'; readonly decision: Decision & { readonly outcome: 'deny' | 'sign-in' } };

/** The login is used up first, so that one login creates only one session or token. */
export async function resumeLogin(
  context: FlowContext,
  login: {
    readonly account: Account;
    readonly subject: AuthSubject & { readonly phase: 'pending' };
    readonly origin: Origin;
    /** The login created recovery codes that nobody has acknowledged. */
    readonly madeCodes: boolean;
  },
): Promise<ResumedLogin> {
  const { account, subject, origin, madeCodes } = login;
  if (madeCodes) {
    const member = await context.records.findMember(account.id, account.organizationId);
    if ((await findUnseenCodes(context, subject, member)) !== null) return { outcome: 'codes-unseen' };
  }
  const { gathered, decision } = await judgeAccess(context, { account, subject });
  const { facts, now, policy } = gathered;
  if (decision.outcome === 'deny' || decision.outcome === 'sign-in') return { outcome: 'denied', decision };
  if (decision.outcome === 'challenge' || (decision.outcome === 'enroll' && !decision.skippable))
    return { outcome: 'pending', decision, gathered };
  const { userId, organizationId, ownerId, epochs } = subject;
  if (!(await context.state.endPendingLogin(userId, ownerId)))
    return { outcome: 'denied', decision: { outcome: 'sign-in', because: 'session-ended' } };
  context.events.report({
    name: 'signed-in',
    userId,
    organizationId,
    address: origin.address,
    ...loginOf(ownerId),
    details: { because: decision.outcome === 'allow' ? 'satisfied' : decision.because },
  });
  noteSignIn(context, { gathered, origin });
  const grant: SessionGrant = {
    userId,
    organizationId,
    evidence: facts.session.evidence,
    epochs,
    // The absolute end of a session counts from authentication, which is now.
    startedAt: now,
    skipped: false,
    expiresAt: sessionExpiresAt({ startedAt: now }, policy.policy),
    replaces: null,
  };
  return { outcome: 'signed-in', grant, decision };
}

type SessionSubject = AuthSubject & { readonly phase: 'session' };

/** Who is signed in, as far as known, in the session that the host's sign-in will replace. */
export type SignedInBefore =
  | { readonly kind: 'nobody' }
  /** A person in a session without our claims, so its start is unknown. */
  | { readonly kind: 'somebody' }
  | { readonly kind: 'session'; readonly subject: SessionSubject };

export interface HostSignIn {
  readonly account: Account;
  readonly before: SignedInBefore;
  /** The host says that the person just authenticated: not by a remember-me cookie or impersonation. */
  readonly isFresh: boolean;
  /** The channel of that authentication. */
  readonly channel?: string;
  readonly origin: Origin;
}

/** Epochs that match no record, so a session with them has ended. */
const ENDED = { user: '', organization: '' } as const;

/** The session of the same person continues: renewing `req.user` neither extends a session nor revives an ended one. */
export async function beginHostSession(context: FlowContext, signIn: HostSignIn): Promise<SessionGrant> {
  const { account, before } = signIn;
  if (before.kind === 'session' && before.subject.userId === account.id) {
    const gathered = await gatherFacts(context, account, before.subject);
    if (!isMerelyExpired(before.subject, gathered)) return continueSession(signIn, gathered, before.subject);
  }
  const isSeen = signIn.isFresh && !(await isAnotherSignedIn(context, signIn));
  const at = context.clock.now();
  const evidence = [toEvidence(signIn, isSeen ? { at, seen: true } : { at })];
  const gathered = await gatherLoginFacts(context, account, evidence);
  const mayBeEnded = before.kind === 'somebody' && isStartTooOld(gathered, null);
  const epochs = mayBeEnded ? ENDED : await establishEpochs(context, gathered);
  // If a second step is due, it is asked for in this session, and the sign-in is recorded after it.
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

/** Whether sessions of the person or the organization were ended since the start. */
export function isStartTooOld(
  { member, policy }: Pick<Gathered, 'member' | 'policy'>,
  startedAt: number | null,
): boolean {
  return isEndedBy(member, startedAt) || isEndedBy(policy, startedAt);
}

/** Whether the session expired without being ended. A sign-in afterwards is a new one. */
function isMerelyExpired(subject: AuthSubject, { facts, member, policy }: Gathered): boolean {
  const current = areEpochsCurrent(subject.epochs, { user: member.epoch, organization: policy.epoch });
  return facts.session.phase === 'expired' && current;
}

/** Continues the session under a new id. If it is ended in between, it stays ended. Its second-factor evidence is dropped. */
function continueSession(
  signIn: HostSignIn,
  { policy, now }: Gathered,
  subject: SessionSubject,
): SessionGrant {
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

/** Whether another person's session continues in this browser: an administrator may be impersonating this person. */
async function isAnotherSignedIn({ state }: FlowContext, { account, before }: HostSignIn): Promise<boolean> {
  if (before.kind === 'nobody') return false;
  if (before.kind === 'somebody') return true;
  const { userId, ownerId } = before.subject;
  return userId !== account.id && (await state.findSession(userId, ownerId)) !== undefined;
}
