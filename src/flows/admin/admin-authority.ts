import { decide, type Decision, type Requirement } from '../../core/decision/decide';
import { asAdministrator } from '../../core/decision/facts';
import { hasFactor } from '../../core/decision/usable-factors';
import type { Policy } from '../../core/policy/policy';
import type { Account } from '../../options/ports';
import type { AuthSubject } from '../context/auth-subject';
import type { Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { reproofRequirement } from '../enrollment/authorize-enrollment';

/** The other administrators of an organization, where the host can name them; they are told of changes to one another. */
export type AdministratorsOf = (organizationId: string) => Promise<readonly Account[]>;

/** Who acts without being in the host's user table: the host itself, or an operator that it names. */
export interface OutsideActor {
  readonly id: string;
  readonly name: string;
  readonly outside: true;
}

export type Actor = Account | OutsideActor;

/** Who acts, on which organization. That they may has been checked. */
export interface AdminAct {
  readonly organizationId: string;
  readonly actor: Actor;
  /** Null where no request is behind it. */
  readonly origin: Origin | null;
  readonly administratorsOf?: AdministratorsOf;
  /** Every organization that the actor administers. */
  readonly administers?: readonly string[];
}

/** The same, on one member. */
export interface MemberAdminAct extends AdminAct {
  readonly userId: string;
  /** The host's own code answers for every organization of the person. */
  readonly everywhere?: boolean;
}

export type AdminAuthority =
  | {
      readonly outcome: 'may';
      /** False: lead the person to "Configure my MFA". */
      readonly hasFactor: boolean;
    }
  /** `challenge` leads to the step-up page, `enroll` to the wizard, `sign-in` to the login page. */
  | { readonly outcome: 'refused'; readonly decision: Exclude<Decision, { outcome: 'allow' }> };

export interface AdministratorRequest {
  readonly subject: AuthSubject;
  readonly gathered: Gathered;
  readonly act: 'read' | 'change';
  /** The policy of the administered organization; null where MFA is off there. */
  readonly administered: Policy | null;
}

/**
 * Whether this person may read or change what they administer. Which organizations those are is the host's to say and is
 * checked elsewhere.
 *
 * Where the organization has MFA on, both need a second factor: reading one that was proven in this session, changing a
 * proof by the strongest factor in the last ten minutes. People without a factor are led to set one up. Where it has MFA
 * off, a change needs the password again. A remembered browser is no proof for any of these.
 */
export function judgeAdministrator(request: AdministratorRequest): AdminAuthority {
  const { subject, gathered, administered } = request;
  if (subject.phase !== 'session')
    return { outcome: 'refused', decision: { outcome: 'sign-in', because: 'no-session' } };
  const phase = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  // Enrollment that members may put off is required of administrators, which is judged below.
  const isOffered = administered !== null && phase.outcome === 'enroll' && phase.skippable;
  if (phase.outcome !== 'allow' && !isOffered) return { outcome: 'refused', decision: phase };
  return administered === null ? judgeWithMfaOff(request) : judgeWithMfaOn(request, administered);
}

function judgeWithMfaOn(request: AdministratorRequest, administered: Policy): AdminAuthority {
  const { gathered } = request;
  const facts = asAdministrator(gathered.facts, administered);
  const decision = decide(facts, requirementOf(request), gathered.now);
  // A proven factor is enough here, even one that the policy no longer lets people set up.
  const enrolled = hasFactor(facts);
  if (decision.outcome === 'allow' || (decision.outcome === 'enroll' && enrolled))
    return { outcome: 'may', hasFactor: enrolled };
  return { outcome: 'refused', decision };
}

function judgeWithMfaOff(request: AdministratorRequest): AdminAuthority {
  const { gathered, act } = request;
  const { facts, now } = gathered;
  const enrolled = hasFactor(facts);
  if (act === 'read' && !enrolled) return { outcome: 'may', hasFactor: false };
  const requirement = requirementOf(request);
  const decision = decide(facts, requirement, now);
  if (decision.outcome === 'enroll' && !enrolled && facts.hasPassword) {
    // There is nothing but the password to prove.
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
