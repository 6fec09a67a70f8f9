import { isMfaOn } from '../../core/decision/facts';
import type { Authenticator } from '../../core/member/authenticator';
import type { Account } from '../../options/ports';
import type { FlowContext } from '../context/context';
import { effectivePolicy } from '../context/gather-facts';

/** Who answers for an act that weakens a person's factors, which protect every organization they are in. */
export interface Reach {
  readonly organizationId: string;
  /** Organizations that the actor administers too. */
  readonly administers?: readonly string[];
  /** The host's own code, which answers for all of them. */
  readonly everywhere?: boolean;
}

/** Nothing was done: the factors protect another organization with MFA on, for which the actor does not answer. */
export interface ProtectedElsewhere {
  readonly outcome: 'refused';
  readonly because: 'protected-elsewhere';
}

/**
 * The other organizations with MFA on whose protection an act would weaken. Factors, recovery codes and locks belong to the person:
 * an administrator of one organization must not take away what protects another.
 *
 * The host's `users.membershipsOf` names the organizations of a person. Without it, what is known is in which one each
 * authenticator was set up.
 */
export async function findOthersProtected(
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
  const [record, featureAvailable] = await Promise.all([
    context.records.findPolicy(organizationId),
    context.options.featureAvailable(organizationId),
  ]);
  return isMfaOn({ featureAvailable, policy: effectivePolicy(context, record) });
}

export function answersFor({ everywhere, administers = [] }: Reach, others: readonly string[]): boolean {
  return everywhere === true || others.every((id) => administers.includes(id));
}
