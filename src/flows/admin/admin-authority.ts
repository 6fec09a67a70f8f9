import { decide, type Decision, type Requirement } from '../../core/decision/decide';
import { asAdministrator, asMemberOf, isMfaOn } from '../../core/decision/decision';
import { hasFactor } from '../../core/decision/usable-factors';
import type { Authenticator } from '../../core/member/authenticator';
import type { Policy } from '../../core/policy/policy';
import type { Account } from '../../options/ports';
import type { AdministratorsOf, AuthSubject, FlowContext, Origin } from '../context/context';
import { readPolicy, type Gathered } from '../context/gather-facts';
import { decideByPolicy } from '../context/judge-access';
import { reproofRequirement } from '../enrollment/authorize-enrollment';

export function joinAdministrators(sources: readonly AdministratorsOf[]): AdministratorsOf {
  return async (organizationId) => {
    const found = await Promise.all(sources.map((source) => source(organizationId)));
    return [...new Map(found.flat().map((account) => [account.id, account])).values()];
  };
}

/** An actor who is not in the host's user table: the host itself, or an operator that it names. */
export interface OutsideActor {
  readonly id: string;
  readonly name: string;
  readonly outside: true;
}

export type Actor = Account | OutsideActor;

export interface AdminAct {
  readonly organizationId: string;
  readonly actor: Actor;
  /** Null if no request caused it. */
  readonly origin: Origin | null;
  readonly administratorsOf?: AdministratorsOf;
  readonly administers?: readonly string[];
}

export interface MemberAdminAct extends AdminAct {
  readonly userId: string;
  /** The host's own code acts for every organization that the person is in. */
  readonly everywhere?: boolean;
}

export type AdminAuthority =
  | {
      readonly outcome: 'may';
      readonly hasFactor: boolean;
    }
  | { readonly outcome: 'refused'; readonly decision: Refusal };

type Refusal = Exclude<Decision, { outcome: 'allow' }>;

/** Due enrollment is judged later, by the administered organization. */
export function refuseSession({ phase }: AuthSubject, gathered: Gathered): Decision | null {
  const decision = decideByPolicy(gathered);
  if (phase === 'pending')
    return decision.outcome === 'allow' ? { outcome: 'sign-in', because: 'no-session' } : decision;
  return decision.outcome === 'allow' || decision.outcome === 'enroll' ? null : decision;
}

export async function findPolicyWithMfaOn(
  context: FlowContext,
  organizations: readonly { readonly id: string }[],
  own: Policy,
): Promise<Policy | null> {
  const policies = await Promise.all(
    organizations.map(async ({ id }) => (id === own.organizationId ? own : readPolicy(context, id))),
  );
  return policies.find(({ enabled }) => enabled) ?? null;
}

export interface AdministratorRequest {
  readonly subject: AuthSubject;
  readonly gathered: Gathered;
  readonly act: 'read' | 'change';
  readonly administered: Policy | null;
}

/**
 * With MFA on, reading requires a second factor proven in this session, and a change a proof of the strongest factor in the last
 * ten minutes. With MFA off, a change requires the password again. A remembered browser is not enough for either.
 */
export function judgeAdministrator(request: AdministratorRequest): AdminAuthority {
  const { subject, gathered, administered } = request;
  if (subject.phase !== 'session')
    return { outcome: 'refused', decision: { outcome: 'sign-in', because: 'no-session' } };
  const decision = decideByPolicy(gathered);
  // Members may skip this enrollment, administrators may not: `judgeWithMfaOn` decides.
  const isSkippable = administered !== null && decision.outcome === 'enroll' && decision.skippable;
  if (decision.outcome !== 'allow' && !isSkippable) return { outcome: 'refused', decision };
  return administered === null ? judgeWithMfaOff(request) : judgeWithMfaOn(request, administered);
}

function judgeWithMfaOn(request: AdministratorRequest, administered: Policy): AdminAuthority {
  const { gathered } = request;
  const missing = findMissingResistance(gathered, administered);
  if (missing !== null) return { outcome: 'refused', decision: missing };
  const facts = asAdministrator(gathered.facts, administered);
  const decision = decide(facts, requirementOf(request), gathered.now);
  // A proven factor is enough, even if the policy no longer allows setting it up.
  const enrolled = hasFactor(facts);
  if (decision.outcome === 'allow' || (decision.outcome === 'enroll' && enrolled))
    return { outcome: 'may', hasFactor: enrolled };
  return { outcome: 'refused', decision };
}

/** Administrators must prove it like members, whatever their own organization accepts. Null if proven or postponable. */
function findMissingResistance({ facts, now }: Gathered, administered: Policy): Refusal | null {
  if (administered.strength !== 'phishing-resistant') return null;
  const decision = decide(asMemberOf(facts, administered), { kind: 'policy' }, now);
  if (decision.outcome === 'allow') return null;
  if (decision.outcome !== 'enroll') return decision;
  // `byRoute`: the page where people choose a method would also offer methods that are not phishing-resistant.
  return decision.skippable ? null : { ...decision, byRoute: true };
}

function judgeWithMfaOff(request: AdministratorRequest): AdminAuthority {
  const { gathered, act } = request;
  const { facts, now } = gathered;
  const enrolled = hasFactor(facts);
  if (act === 'read' && !enrolled) return { outcome: 'may', hasFactor: false };
  const requirement = requirementOf(request);
  const decision = decide(facts, requirement, now);
  if (decision.outcome === 'enroll' && !enrolled && facts.hasPassword) {
    // The password is the only thing to prove.
    const again = decide({ ...facts, featureAvailable: false }, requirement, now);
    return again.outcome === 'allow'
      ? { outcome: 'may', hasFactor: false }
      : { outcome: 'refused', decision: again };
  }
  return decision.outcome === 'allow'
    ? { outcome: 'may', hasFactor: enrolled }
    : { outcome: 'refused', decision };
}

function requirementOf({ act, subject, gathered }: AdministratorRequest): Requirement {
  return act === 'read'
    ? { kind: 'step-up', maxAgeSeconds: Number.POSITIVE_INFINITY }
    : reproofRequirement(subject, gathered);
}

/** Refused, because the factors also protect another organization with MFA on, which the actor does not administer. */
export interface ProtectedElsewhere {
  readonly outcome: 'refused';
  readonly because: 'protected-elsewhere';
}

/**
 * Factors, recovery codes and locks belong to the person, so an administrator of one organization must not remove what protects
 * another. Without the host's `users.membershipsOf`, uses the organizations in which the person set up an authenticator.
 */
export async function findOtherProtectedOrganizations(
  context: FlowContext,
  member: { readonly account: Account; readonly authenticators: readonly Authenticator[] },
  organizationId: string,
): Promise<readonly string[]> {
  const { account, authenticators } = member;
  const memberships = await context.directory.membershipsOf(account);
  const known = memberships ?? authenticators.map((one) => one.organizationId ?? organizationId);
  const others = [...new Set(known)].filter((id) => id !== organizationId);
  const isOn = await Promise.all(others.map((id) => hasMfaOn(context, id)));
  return others.filter((_, index) => isOn[index]);
}

async function hasMfaOn(context: FlowContext, organizationId: string): Promise<boolean> {
  const [policy, featureAvailable] = await Promise.all([
    readPolicy(context, organizationId),
    context.options.featureAvailable(organizationId),
  ]);
  return isMfaOn({ featureAvailable, policy });
}

export function isResponsibleFor(
  { everywhere, administers = [] }: Pick<MemberAdminAct, 'administers' | 'everywhere'>,
  others: readonly string[],
): boolean {
  return everywhere === true || others.every((id) => administers.includes(id));
}
