import { asStepUp, decide, type Decision, type Requirement } from '../../core/decision/decide';
import { asAdministrator, isMfaOn, type Facts } from '../../core/decision/decision';
import { isSeenAtStale } from '../../core/decision/session-lifetime';
import type { Policy } from '../../core/policy/policy';
import type { Account } from '../../options/ports';
import type { AuthSubject, FlowContext, Origin } from './context';
import { gatherFacts, type Gathered, type PrefetchedRecords } from './gather-facts';

export interface Person {
  readonly account: Account;
  readonly subject: AuthSubject;
}

export interface Judged {
  readonly gathered: Gathered;
  readonly decision: Decision;
}

const POLICY: Requirement = { kind: 'policy' };

export function decideByPolicy({ facts, now }: Pick<Gathered, 'facts' | 'now'>): Decision {
  return decide(facts, POLICY, now);
}

export async function judgeAccess(
  context: FlowContext,
  { account, subject }: Person,
  early?: PrefetchedRecords,
): Promise<Judged> {
  const gathered = await gatherFacts(context, account, subject, { early });
  return { gathered, decision: decideByPolicy(gathered) };
}

/** Decides about a guarded request. Asks for a step-up only if the policy itself is met. */
export async function judgeRequest(context: FlowContext, request: Person & RequestToJudge): Promise<Judged> {
  const judged = await judge(context, request);
  context.options.metrics?.decision(judged.decision);
  return judged;
}

async function judge(
  context: FlowContext,
  { account, subject, requirement, early }: Person & RequestToJudge,
): Promise<Judged> {
  const gathered = await gatherFacts(context, account, subject, { early });
  const { facts, now } = gathered;
  const decision = decide(facts, requirement, now);
  if (decision.outcome === 'allow' || requirement.kind !== 'step-up') return { gathered, decision };
  const meetsPolicy = decideByPolicy(gathered).outcome === 'allow';
  return { gathered, decision: meetsPolicy ? asStepUp(decision) : decision };
}

interface RequestToJudge {
  readonly requirement: Requirement;
  readonly early?: PrefetchedRecords | undefined;
}

/** Why a person may not see their own sessions, methods and browsers; null if they may. */
export function refuseOwnPage({ phase }: AuthSubject, gathered: Gathered): Decision | null {
  const decision = decideByPolicy(gathered);
  const isEnrollmentOptional = decision.outcome === 'enroll' && decision.skippable;
  if (phase === 'session') return decision.outcome === 'allow' || isEnrollmentOptional ? null : decision;
  return decision.outcome === 'allow' ? { outcome: 'sign-in', because: 'no-session' } : decision;
}

/** Writes only occasionally, and never revives an ended session. Null if the current instant is recent enough. */
export async function renewSeenAt(
  { state, clock }: FlowContext,
  subject: AuthSubject,
  { policy }: Pick<Gathered, 'policy'>,
): Promise<number | null> {
  if (subject.phase !== 'session') return null;
  const now = clock.now();
  if (!isSeenAtStale(subject, policy.policy, now)) return null;
  await state.touchSession(subject.userId, subject.ownerId, now);
  return now;
}

/** Reports a refused request. `account` is null if the user is unknown. */
export function reportRefusedRequest(
  { events }: Pick<FlowContext, 'events'>,
  refused: {
    readonly account: Pick<Account, 'id' | 'organizationId'> | null;
    readonly origin: Origin;
    readonly details: { readonly because: string; readonly outcome?: string };
  },
): void {
  const { account, origin, details } = refused;
  const whose =
    account === null
      ? { organizationId: '' }
      : { userId: account.id, organizationId: account.organizationId };
  events.report({ name: 'request-refused', ...whose, address: origin.address, details });
}

export type FindAdministered = (own: Policy) => Promise<Policy | null>;

export interface GatheredForSetup extends Gathered {
  /** The facts with the rules for setup; null if there is nothing to set up. */
  readonly setup: Facts | null;
}

/** With MFA off in their own organization, people may set up a factor for one that they administer: its pages require it. */
export async function gatherSetupFacts(
  context: FlowContext,
  who: {
    readonly account: Account;
    readonly subject: AuthSubject;
    readonly findAdministered?: FindAdministered | undefined;
  },
): Promise<GatheredForSetup> {
  const { account, subject, findAdministered } = who;
  const gathered = await gatherFacts(context, account, subject);
  const { facts } = gathered;
  if (isMfaOn(facts)) return { ...gathered, setup: facts };
  const isSession = subject.phase === 'session' && facts.session.phase === 'live';
  const administered = isSession ? ((await findAdministered?.(facts.policy)) ?? null) : null;
  return { ...gathered, setup: administered === null ? null : asAdministrator(facts, administered) };
}
