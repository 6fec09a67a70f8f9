import type { Evidence } from '../../core/decision/assurance';
import { decide, explain, type Decision, type Requirement, type Verdict } from '../../core/decision/decide';
import type { FlowContext } from '../context/context';
import { findTarget } from './member-acts';

export interface MemberExplanation {
  readonly decision: Decision;
  /** Every rule in the order in which it is asked. The first one with a decision wins. */
  readonly verdicts: readonly Verdict[];
}

/**
 * What is decided about a member right after the first factor, and what each rule says. Null if the user table does not have the
 * person in the organization.
 */
export async function explainMember(
  context: FlowContext,
  asked: {
    readonly organizationId: string;
    readonly userId: string;
    readonly requirement: Requirement;
  },
): Promise<MemberExplanation | null> {
  const member = await findTarget(context, asked);
  if (member === null) return null;
  const { account, facts } = member;
  const now = context.clock.now();
  const method = account.federated ? 'federated' : 'password';
  const evidence: readonly Evidence[] = [{ method, at: now }];
  const phase = account.active ? 'live' : 'ended';
  const signedIn = { ...facts, session: { phase, evidence, skipped: false } } as const;
  const { requirement } = asked;
  return {
    decision: decide(signedIn, requirement, now),
    verdicts: explain(signedIn, requirement, now),
  };
}
