import { isDeepStrictEqual } from 'node:util';
import { checkPolicy } from '../core/policy-check';
import type { PolicyFault } from '../core/policy-check';
import type { Policy } from '../core/policy';
import type { FlowContext } from './context';
import { effectivePolicy } from './gather-facts';

export type PolicyChange = Partial<Omit<Policy, 'organizationId' | 'version'>>;

export type PolicySaved =
  | { readonly outcome: 'saved'; readonly policy: Policy }
  | PolicyRefused
  /** Somebody else saved first; nothing was written. */
  | { readonly outcome: 'conflict'; readonly current: Policy };

export interface PolicyRefused {
  readonly outcome: 'refused';
  readonly faults: readonly PolicyFault[];
  /** The policy as it would have been saved. */
  readonly draft: Policy;
}

export interface PolicyChangeRequest {
  readonly organizationId: string;
  readonly change: PolicyChange;
  /** The version the change was made from; without it the newest is taken. */
  readonly expectedVersion?: number;
  readonly actorId?: string;
  /** Where the request came from, where there was one. */
  readonly address?: string;
}

/** Changes some rules of a policy and keeps the rest. It holds from the next request of everybody. */
export async function changePolicy(context: FlowContext, request: PolicyChangeRequest): Promise<PolicySaved> {
  const { organizationId, change, actorId, address } = request;
  const before = effectivePolicy(context, await context.records.findPolicy(organizationId));
  const expectedVersion = request.expectedVersion ?? before.version;
  if (expectedVersion !== before.version) return { outcome: 'conflict', current: before };
  const wanted: Policy = { ...before, ...change, organizationId, version: before.version };
  const faults = checkPolicy(wanted, { availableKinds: context.options.availableKinds });
  if (faults.length > 0) return { outcome: 'refused', faults, draft: wanted };
  const saved = await context.records.savePolicy(wanted, expectedVersion);
  if (saved.outcome === 'conflict') return saved;
  context.events.report({
    name: 'policy-changed',
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { version: saved.policy.version, fields: changedFields(before, saved.policy).join(' ') },
  });
  return saved;
}

function changedFields(before: Policy, after: Policy): readonly string[] {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after)
    .filter(([name, value]) => name !== 'version' && !isDeepStrictEqual(was.get(name), value))
    .map(([name]) => name);
}
