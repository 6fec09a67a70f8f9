import type { Changed } from '../member/member-document';
import { defaultPolicy, type Policy } from './policy';

/** The organization id is not stored: it is the key of the document. */
export type StoredPolicy = Omit<Policy, 'organizationId'>;

/** The record of one organization. It can have an epoch and no policy, so that the host's default stays in effect. */
export interface PolicyDocument {
  readonly policy: StoredPolicy | null;
  /** Null until the organization's first login. Every session stores it; replacing it ends them all. */
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
}

export const NEW_ORGANIZATION: PolicyDocument = { policy: null, epoch: null, sessionsEndedAt: null };

export type PolicySaved =
  | { readonly outcome: 'saved'; readonly policy: Policy }
  | { readonly outcome: 'conflict'; readonly current: Policy };

export function policyOf({ policy }: PolicyDocument, organizationId: string): Policy {
  return policy === null ? defaultPolicy(organizationId) : { ...policy, organizationId };
}

/** Saves a policy that was edited from version `expectedVersion` (0: none saved), and increments the version. */
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
