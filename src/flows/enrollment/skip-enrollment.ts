import { decide } from '../../core/decision/decide';
import type { Account } from '../../options/ports';
import type { AuthSubject } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';
import { gatherFacts } from '../context/gather-facts';

export type SkipOutcome =
  { readonly outcome: 'skipped'; readonly skipsUsed: number } | { readonly outcome: 'refused' };

/** Puts enrollment off, where and as often as the decision allows it; the count is spent in one atomic step. */
export async function skipEnrollment(
  context: FlowContext,
  request: { readonly account: Account; readonly subject: AuthSubject; readonly origin: Origin },
): Promise<SkipOutcome> {
  const { account, subject, origin } = request;
  const { facts, now } = await gatherFacts(context, account, subject);
  const decision = decide(facts, { kind: 'policy' }, now);
  if (subject.phase !== 'session' || decision.outcome !== 'enroll' || !decision.skippable)
    return { outcome: 'refused' };
  const spent = await context.records.spendSkip(account.id, subject.organizationId, facts.policy.skips);
  if (spent.outcome === 'exhausted') return { outcome: 'refused' };
  context.events.report({
    name: 'enrollment-skipped',
    userId: account.id,
    organizationId: subject.organizationId,
    address: origin.address,
    details: { skipsUsed: spent.skipsUsed },
  });
  return { outcome: 'skipped', skipsUsed: spent.skipsUsed };
}
