import { asStepUp, decide, type Decision, type Requirement } from '../../core/decision/decide';
import { asAdministrator, isMfaOn, type Facts } from '../../core/decision/decision';
import { isSeenAtStale } from '../../core/decision/session-lifetime';
import type { Policy } from '../../core/policy/policy';
import type { Account } from '../../options/ports';
import type { AuthSubject, FlowContext, Origin } from './context';
import { gatherFacts, type Gathered, type PrefetchedRecords } from './gather-facts';

/** Somebody with a pending login or a session. */
export interface Person {
  readonly account: Account;
  readonly subject: AuthSubject;
}

/** A decision, and the facts it was made from. */
export interface Judged {
  readonly gathered: Gathered;
  readonly decision: Decision;
}

const POLICY: Requirement = { kind: 'policy' };

/** What the policy decides about facts that were read. */
export function decideByPolicy({ facts, now }: Pick<Gathered, 'facts' | 'now'>): Decision {
  return decide(facts, POLICY, now);
}

/** Reads the facts and decides by the policy. */
export async function judgeAccess(
  context: FlowContext,
  { account, subject }: Person,
  early?: PrefetchedRecords,
): Promise<Judged> {
  const gathered = await gatherFacts(context, account, subject, { early });
  return { gathered, decision: decideByPolicy(gathered) };
}

/** Judges a guarded request. A step-up is asked for only where the policy itself is met. */
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

/** Why somebody may not look at their own sessions, methods and browsers; null where they may. */
export function refuseOwnPage({ phase }: AuthSubject, gathered: Gathered): Decision | null {
  const decision = decideByPolicy(gathered);
  const isEnrollmentOptional = decision.outcome === 'enroll' && decision.skippable;
  if (phase === 'session') return decision.outcome === 'allow' || isEnrollmentOptional ? null : decision;
  return decision.outcome === 'allow' ? { outcome: 'sign-in', because: 'no-session' } : decision;
}

/**
 * Restarts the idle time of a session. Written only now and then, and never for an ended session. Returns the instant that the session is to
 * carry; null if the one it has is recent enough.
 */
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

/** Reports a refused request. `account` is null if it is unknown whose request it was. */
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

/** Finds the policy of an organization with MFA on that the person administers. `own` is that of their own organization. */
export type FindAdministered = (own: Policy) => Promise<Policy | null>;

/** What setting up and changing factors is judged by. */
export interface GatheredForSetup extends Gathered {
  /** The facts with the rules that hold for it; null where there is nothing to set up. */
  readonly setup: Facts | null;
}

/**
 * Reads what {@link gatherFacts} reads. Where the person's own organization has MFA off, they may set up a factor all the same if
 * they administer an organization that has it on: its pages ask them for one.
 */
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
  const isSession = subject.phase === 'session' && facts.session?.phase === 'live';
  const administered = isSession ? ((await findAdministered?.(facts.policy)) ?? null) : null;
  return { ...gathered, setup: administered === null ? null : asAdministrator(facts, administered) };
}
