import type { Changed } from '../member/member-document';
import { defaultPolicy, type Policy } from './policy';

/** The document knows whose it is. */
export type StoredPolicy = Omit<Policy, 'organizationId'>;

/** What is recorded of one organization. It may have an epoch and no policy, so that the host's default stays the current one. */
export interface PolicyDocument {
  readonly policy: StoredPolicy | null;
  /** Null until the organization's first login. Every session carries it; a new one ends them all. */
  readonly epoch: string | null;
  /** When the organization's sessions were ended last; null where they never were. */
  readonly sessionsEndedAt: number | null;
}

export const NEW_ORGANIZATION: PolicyDocument = { policy: null, epoch: null, sessionsEndedAt: null };

export type PolicySaved =
  | { readonly outcome: 'saved'; readonly policy: Policy }
  | { readonly outcome: 'conflict'; readonly current: Policy };

/** The policy that was saved, or the default one. */
export function policyOf({ policy }: PolicyDocument, organizationId: string): Policy {
  return policy === null ? defaultPolicy(organizationId) : { ...policy, organizationId };
}

/** Saves a policy that was made from `expectedVersion` (0 for none), and numbers it one higher. */
export function savePolicy(
  document: PolicyDocument,
  policy: Policy,
  expectedVersion: number,
): Changed<PolicyDocument, PolicySaved> {
  const current = policyOf(document, policy.organizationId);
  if (current.version !== expectedVersion)
    return { next: document, outcome: { outcome: 'conflict', current } };
  const { organizationId, ...rest } = policy;
  const saved = { ...document.policy, ...rest, version: expectedVersion + 1 };
  const outcome = { outcome: 'saved', policy: { ...saved, organizationId } } as const;
  return { next: { ...document, policy: saved }, outcome };
}
