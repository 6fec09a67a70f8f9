import { defaultPolicy, type Policy } from '../../core/policy/policy';
import type { RecordStore } from '../record-store';

type Verbs = 'findPolicy' | 'savePolicy' | 'establishOrganizationEpoch' | 'replaceOrganizationEpoch';

export function policiesIn(
  policies: Map<string, Policy>,
  epochs: Map<string, string>,
  ends: Map<string, number>,
): Pick<RecordStore, Verbs> {
  return {
    async findPolicy(organizationId) {
      return {
        policy: policies.get(organizationId) ?? defaultPolicy(organizationId),
        epoch: epochs.get(organizationId) ?? null,
        sessionsEndedAt: ends.get(organizationId) ?? null,
      };
    },
    async savePolicy(policy, expectedVersion) {
      const current = policies.get(policy.organizationId) ?? defaultPolicy(policy.organizationId);
      if (current.version !== expectedVersion) return { outcome: 'conflict', current };
      const saved: Policy = { ...policy, methods: [...policy.methods], version: expectedVersion + 1 };
      policies.set(policy.organizationId, saved);
      return { outcome: 'saved', policy: saved };
    },
    async establishOrganizationEpoch(organizationId, candidate) {
      const epoch = epochs.get(organizationId) ?? candidate;
      epochs.set(organizationId, epoch);
      return epoch;
    },
    async replaceOrganizationEpoch(organizationId, { epoch, endedAt }) {
      epochs.set(organizationId, epoch);
      ends.set(organizationId, endedAt);
    },
  };
}
