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
import { gatherFacts, type Gathered } from '../context/gather-facts';
import { gatherSetupFacts, type FindAdministered, type GatheredForSetup } from '../context/judge-access';

/** How old a proof may be that a change of factors rests on. */
export const REPROOF_SECONDS = 600;

export type EnrollmentAuthorization =
  | {
      readonly outcome: 'may-enroll';
      readonly kinds: readonly FactorKind[];
      readonly because: 'required' | 'offered' | 'assigned' | 'settings';
    }
  /** A proof is needed first, or the session is over, or there is nothing to enroll. */
  | { readonly outcome: 'refused'; readonly decision: Decision }
  | { readonly outcome: 'feature-off' };

/**
 * What a change asks of a session: the strongest factor, or the password given again where there is none. Who has no password
 * cannot give it again: having signed in a moment ago at the host is their proof.
 */
export function reproofRequirement(
  subject: AuthSubject,
  { facts }: Pick<Gathered, 'facts'>,
): Requirement & { readonly kind: 'step-up' } {
  const requirement = { kind: 'step-up', maxAgeSeconds: REPROOF_SECONDS } as const;
  return facts.hasPassword ? { ...requirement, passwordSince: subject.startedAt } : requirement;
}

type SetupFacts = Pick<GatheredForSetup, 'facts' | 'setup' | 'now'>;

/**
 * Whether a factor may be added now. In a pending login only where the decision says so, after every factor that exists
 * was proven; in a session after a fresh proof. Whoever holds only the password of an enrolled person gets neither.
 */
export function authorizeEnrollment(
  subject: AuthSubject,
  gathered: SetupFacts,
  wizardUnderWay: boolean,
): EnrollmentAuthorization {
  const { facts, setup, now } = gathered;
  const decision = decide(facts, { kind: 'policy' }, now);
  const because = facts.member.enabled && facts.member.assignedKind !== null ? 'assigned' : 'required';
  // Only what is let in, or sent here: a locked person in particular must not enroll a way around the lock.
  if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return { outcome: 'refused', decision };
  if (subject.phase === 'pending') {
    // An enrollment that is due was decided after the proof that it needs.
    const isDue = decision.outcome === 'enroll' && !decision.skippable;
    const stronger = isDue ? null : demandStrongest(facts, now);
    if (stronger !== null) return { outcome: 'refused', decision: stronger };
    if (decision.outcome === 'enroll') return { outcome: 'may-enroll', kinds: decision.anyOf, because };
    if (wizardUnderWay) return { outcome: 'may-enroll', kinds: enrollableKinds(facts), because };
    return { outcome: 'refused', decision };
  }
  if (setup === null) return { outcome: 'feature-off' };
  // A first factor may rest on a sign-in of the host that was seen, so that nobody types a password again right after their sign-up.
  const requirement = { ...reproofRequirement(subject, gathered), signInCounts: true } as const;
  const proof = decide(setup, requirement, now);
  if (proof.outcome !== 'allow' && proof.outcome !== 'enroll') {
    const kinds = replaceableKinds(setup, now);
    return kinds.length > 0
      ? { outcome: 'may-enroll', kinds, because: 'settings' }
      : { outcome: 'refused', decision: asStepUp(proof) };
  }
  if (!hasFactor(setup)) {
    // Without a second factor the first one is the only proof there is, so it is asked for again, also where enrollment is due.
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

/**
 * A recovery code is weaker than a passkey, and still the way back for a person who lost it: it lets them set up another of the same
 * kind, and nothing else.
 */
function replaceableKinds(facts: Facts, now: number): readonly FactorKind[] {
  const usedAt = latestProof(facts.session?.evidence ?? [], ({ method }) => method === BACKUP_KIND, now);
  if (usedAt === null || !isRecent(usedAt, REPROOF_SECONDS, now)) return [];
  const strongest = strongestRank(facts);
  return enrollableKinds(facts).filter(
    (kind) =>
      rankOf(facts.factors, kind) === strongest && facts.authenticators.some((one) => one.kind === kind),
  );
}

/** Who wants to enroll, and from where. */
export interface Enroller {
  readonly account: Account;
  readonly subject: AuthSubject;
  readonly findAdministered?: FindAdministered;
}

/** Reads what enrollment is judged by, and judges it. `decision` is what the policy says without the enrollment. */
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
  /** `onboarding`: the host's sign-up offered it, so nothing was counted. */
  | { readonly outcome: 'skipped'; readonly because: 'policy' | 'onboarding' }
  | { readonly outcome: 'refused' };

/** Puts enrollment off, where and as often as the decision allows it; the count is spent in one atomic step. */
export async function skipEnrollment(
  context: FlowContext,
  request: Enroller & { readonly origin: Origin; readonly onboarding: boolean },
): Promise<SkipOutcome> {
  const { account, subject, origin, onboarding } = request;
  const { facts, now } = await gatherFacts(context, account, subject);
  const decision = decide(facts, { kind: 'policy' }, now);
  if (onboarding && decision.outcome === 'allow') return { outcome: 'skipped', because: 'onboarding' };
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
  return { outcome: 'skipped', because: 'policy' };
}
