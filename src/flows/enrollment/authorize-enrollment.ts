import { isRecent } from '../../core/clock';
import { latestProof } from '../../core/decision/assurance';
import { asStepUp, decide, type Decision, type Requirement } from '../../core/decision/decide';
import type { Facts } from '../../core/decision/decision';
import { demandStrongest } from '../../core/decision/decision-rules';
import {
  allowedKinds,
  enrollableKinds,
  hasFactor,
  rankOf,
  strongestRank,
} from '../../core/decision/usable-factors';
import type { FactorKind } from '../../core/member/factor-kind';
import { BACKUP_KIND } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { AuthSubject, FlowContext, Origin } from '../context/context';
import { gatherFacts } from '../context/gather-facts';
import { gatherSetupFacts, type FindAdministered, type GatheredForSetup } from '../context/judge-access';

/** The maximum age of a proof for a change of factors. */
export const REPROOF_SECONDS = 600;

export type EnrollmentAuthorization =
  | {
      readonly outcome: 'may-enroll';
      readonly kinds: readonly FactorKind[];
      readonly because: 'required' | 'offered' | 'assigned' | 'settings';
    }
  /** `refused`: a proof is needed first, the session has ended, or there is nothing to enroll. */
  | { readonly outcome: 'refused'; readonly decision: Decision }
  | { readonly outcome: 'feature-off' };

/** The strongest factor, or the password. People without either must have signed in recently at the host. */
export function reproofRequirement(
  subject: AuthSubject,
  { facts }: { readonly facts: Facts },
): Requirement & { readonly kind: 'step-up' } {
  const requirement = { kind: 'step-up', maxAgeSeconds: REPROOF_SECONDS } as const;
  return facts.hasPassword ? { ...requirement, passwordSince: subject.startedAt } : requirement;
}

type SetupFacts = Pick<GatheredForSetup, 'setup' | 'now'> & { readonly facts: Facts };

/**
 * In a login: only if enrollment is due and the strongest factor was proven. In a session: only after a fresh proof. So an
 * attacker who only has the password of an enrolled person can do neither.
 */
export function authorizeEnrollment(
  subject: AuthSubject & { readonly phase: 'pending' },
  gathered: SetupFacts,
  wizardUnderWay: boolean,
): Exclude<EnrollmentAuthorization, { readonly outcome: 'feature-off' }>;
export function authorizeEnrollment(
  subject: AuthSubject,
  gathered: SetupFacts,
  wizardUnderWay: boolean,
): EnrollmentAuthorization;
export function authorizeEnrollment(
  subject: AuthSubject,
  gathered: SetupFacts,
  wizardUnderWay: boolean,
): EnrollmentAuthorization {
  const { facts, setup, now } = gathered;
  const decision = decide(facts, { kind: 'policy' }, now);
  const because = facts.member.enabled && facts.member.assignedKind !== null ? 'assigned' : 'required';
  // Only continue if the policy allows the request or asks for enrollment: a locked person must not enroll a way around the lock.
  if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return { outcome: 'refused', decision };
  if (subject.phase === 'pending') {
    // If enrollment is due, the decision has already required the proof.
    const isDue = decision.outcome === 'enroll' && !decision.skippable;
    const stronger = isDue ? null : demandStrongest(facts, now);
    if (stronger !== null) return { outcome: 'refused', decision: stronger };
    if (decision.outcome === 'enroll') return { outcome: 'may-enroll', kinds: decision.anyOf, because };
    if (wizardUnderWay) return { outcome: 'may-enroll', kinds: enrollableKinds(facts), because };
    return { outcome: 'refused', decision };
  }
  if (setup === null) return { outcome: 'feature-off' };
  // For a first factor, a sign-in of the host that this package saw is enough, so that nobody has to enter a password again right
  // after signing up.
  const requirement = { ...reproofRequirement(subject, gathered), signInCounts: true } as const;
  const proof = decide(setup, requirement, now);
  if (proof.outcome !== 'allow' && proof.outcome !== 'enroll') {
    const kinds = replaceableKinds(setup, now);
    return kinds.length > 0
      ? { outcome: 'may-enroll', kinds, because: 'settings' }
      : { outcome: 'refused', decision: asStepUp(proof) };
  }
  if (!hasFactor(setup)) {
    // Without a second factor, the first one is the only possible proof, so ask for it again even if enrollment is due.
    const again = decide({ ...setup, featureAvailable: false }, requirement, now);
    if (again.outcome !== 'allow') return { outcome: 'refused', decision: again };
  }
  if (decision.outcome === 'enroll') {
    return {
      outcome: 'may-enroll',
      kinds: decision.anyOf,
      because: decision.because === 'offered' ? 'offered' : because,
    };
  }
  return { outcome: 'may-enroll', kinds: allowedKinds(setup), because: 'settings' };
}

/** A recovery code is how a person who lost a passkey gets back in. It only allows them to set up another of the same kind. */
function replaceableKinds(facts: Facts, now: number): readonly FactorKind[] {
  const usedAt = latestProof(facts.session?.evidence ?? [], ({ method }) => method === BACKUP_KIND, now);
  if (usedAt === null || !isRecent(usedAt, REPROOF_SECONDS, now)) return [];
  const strongest = strongestRank(facts);
  return enrollableKinds(facts).filter(
    (kind) =>
      rankOf(facts.factors, kind) === strongest && facts.authenticators.some((one) => one.kind === kind),
  );
}

export interface Enroller {
  readonly account: Account;
  readonly subject: AuthSubject;
  readonly findAdministered?: FindAdministered;
}

export async function readEnrollment(
  context: FlowContext,
  enroller: Enroller & { readonly wizardUnderWay: boolean },
): Promise<{
  readonly gathered: GatheredForSetup;
  readonly decision: Decision;
  readonly authorization: EnrollmentAuthorization;
}> {
  const gathered = await gatherSetupFacts(context, enroller);
  const authorization = authorizeEnrollment(enroller.subject, gathered, enroller.wizardUnderWay);
  return { gathered, authorization, decision: decide(gathered.facts, { kind: 'policy' }, gathered.now) };
}

export type SkipOutcome =
  /** `onboarding`: enrollment was offered by the host's sign-up, so the skip was not counted. */
  | { readonly outcome: 'skipped'; readonly because: 'policy' | 'onboarding' }
  | { readonly outcome: 'refused' };

/** Skips enrollment, if and as often as the decision allows. The skip is counted in one atomic step. */
export async function skipEnrollment(
  context: FlowContext,
  request: Enroller & { readonly origin: Origin; readonly onboarding: boolean },
): Promise<SkipOutcome> {
  const { account, subject, origin, onboarding } = request;
  const { facts, now } = await gatherFacts(context, account, subject);
  const decision = decide(facts, { kind: 'policy' }, now);
  if (onboarding && decision.outcome === 'allow') return { outcome: 'skipped', because: 'onboarding' };
  const isOptional = decision.outcome === 'enroll' && decision.skippable;
  if (subject.phase !== 'session' || !isOptional) return { outcome: 'refused' };
  const spent = await context.records.spendSkip(account.id, subject.organizationId, facts.policy.skips);
  if (spent.outcome === 'exhausted') return { outcome: 'refused' };
  context.events.report({
    name: 'enrollment-skipped',
    userId: account.id,
    organizationId: subject.organizationId,
    address: origin.address,
    details: { skipsUsed: spent.skipsUsed },
  });
  return { outcome: 'skipped', because: 'policy' };
}
