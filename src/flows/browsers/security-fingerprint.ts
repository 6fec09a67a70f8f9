import type { FactorSet } from '../../core/member/remembered-browser';
import type { Gathered } from '../context/gather-facts';

/** What trust in a browser rests on, as it was read. */
export function securityFingerprintOf({
  account,
  member,
  policy,
}: Pick<Gathered, 'account' | 'member' | 'policy'>): FactorSet {
  return {
    userId: account.id,
    userEpoch: member.epoch,
    organizationEpoch: policy.epoch,
    authenticators: member.authenticators,
    settings: member.settings,
    onFile: { email: account.email, phone: account.phone },
  };
}
