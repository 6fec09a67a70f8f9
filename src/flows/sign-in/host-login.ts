import type { Decision } from '../../core/decision/decide';
import { sessionExpiresAt } from '../../core/decision/session-lifetime';
import type { Account } from '../../options/ports';
import type { PendingLogin } from '../../stores/state-store';
import { findUnseenCodes } from '../authenticators/unseen-codes';
import { loginOf, type AuthSubject, type SessionGrant } from '../context/auth-subject';
import { newId, type FlowContext, type Origin } from '../context/context';
import { gatherLoginFacts, type Gathered } from '../context/gather-facts';
import { judgeAccess } from '../context/judge-access';
import { noteSignIn } from '../notices/new-browser';
import { establishEpochs } from './log-in';

export type HostSubject = AuthSubject & { readonly phase: 'pending' };

/**
 * A login in the host's own code. The host vouches for the first factor, there is no browser cookie, and no session comes of it. Like any login
 * it ends after ten minutes, and with all sessions of the person.
 */
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

/** The login with the factor that was asked or set up last. Null if it is over or another person's. */
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
  /** New recovery codes end with the login that made them, so they are seen before it does. */
  | { readonly outcome: 'codes-unseen' }
  | { readonly outcome: 'signed-in'; readonly grant: SessionGrant; readonly decision: Decision }
  | {
      readonly outcome: 'pending';
      readonly decision: Decision & { readonly outcome: 'challenge' | 'enroll' };
      readonly gathered: Gathered;
    }
  | { readonly outcome: 'denied'; readonly decision: Decision & { readonly outcome: 'deny' | 'sign-in' } };

/**
 * The host goes on with a login whose second step was done on our pages. The proofs wait in the pending login, and the decision
 * says whether they are enough. The login is used up first, so that one login makes one session or token.
 */
export async function resumeLogin(
  context: FlowContext,
  login: {
    readonly account: Account;
    readonly subject: AuthSubject & { readonly phase: 'pending' };
    readonly origin: Origin;
    /** The login has made recovery codes that nobody has acknowledged. */
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
    evidence: facts.session?.evidence ?? [],
    epochs,
    // The absolute end of a session counts from authentication, which is now.
    startedAt: now,
    skipped: false,
    expiresAt: sessionExpiresAt({ startedAt: now }, policy.policy),
    replaces: null,
  };
  return { outcome: 'signed-in', grant, decision };
}
