import type { Facts } from './facts';
import type { Policy } from './policy';

/**
 * The facts of a person as an administrator of an organization where MFA is on. Administrators always need a second factor
 * (OWASP MFA cheat sheet): their own organization, an exemption, a skip or an identity provider does not release them.
 * `administered` gives the methods to set up where their own organization has MFA off.
 */
export function asAdministrator(facts: Facts, administered: Policy): Facts {
  const own = isMfaOn(facts) ? facts.policy : administered;
  return {
    ...facts,
    featureAvailable: true,
    federated: false,
    policy: { ...own, enabled: true, enrollment: 'required', graceUntil: null, skips: null },
    member: { ...facts.member, exemption: null },
    session: facts.session === null ? null : { ...facts.session, skipped: false },
  };
}

export function isMfaOn({ featureAvailable, policy }: Pick<Facts, 'featureAvailable' | 'policy'>): boolean {
  return featureAvailable && policy.enabled;
}
