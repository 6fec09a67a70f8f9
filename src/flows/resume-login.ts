import { decide } from '../core/decide';
import type { Decision } from '../core/decide';
import { sessionExpiresAt } from '../core/session-lifetime';
import type { Account } from '../ports';
import type { Bearer, Grant } from './bearer';
import type { FlowContext, Origin } from './context';
import { gatherFacts } from './gather-facts';
import type { Gathered } from './gather-facts';

export type ResumedLogin =
  | { readonly outcome: 'signed-in'; readonly grant: Grant; readonly decision: Decision }
  | {
      readonly outcome: 'pending';
      readonly decision: Decision & { readonly outcome: 'challenge' | 'enroll' };
      readonly gathered: Gathered;
    }
  | { readonly outcome: 'denied'; readonly decision: Decision & { readonly outcome: 'deny' | 'sign-in' } };

/**
 * The host goes on with a login whose second step was done on our pages. The proofs wait in the pending login, and the decision
 * says whether they are enough. The login is used up before anybody is told so: one login makes one session or token.
 */
export async function resumeLogin(
  context: FlowContext,
  login: {
    readonly account: Account;
    readonly bearer: Bearer & { readonly standing: 'pending' };
    readonly origin: Origin;
  },
): Promise<ResumedLogin> {
  const { account, bearer, origin } = login;
  const gathered = await gatherFacts(context, account, bearer);
  const { facts, now, policy } = gathered;
  const decision = decide(facts, { kind: 'policy' }, now);
  if (decision.outcome === 'deny' || decision.outcome === 'sign-in') return { outcome: 'denied', decision };
  if (decision.outcome === 'challenge' || (decision.outcome === 'enroll' && !decision.skippable))
    return { outcome: 'pending', decision, gathered };
  const { userId, organizationId, ownerId, epochs } = bearer;
  if (!(await context.state.endPendingLogin(userId, ownerId)))
    return { outcome: 'denied', decision: { outcome: 'sign-in', because: 'session-ended' } };
  context.events.report({
    name: 'signed-in',
    userId,
    organizationId,
    address: origin.address,
    details: { because: decision.outcome === 'allow' ? 'satisfied' : decision.because },
  });
  const grant: Grant = {
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
