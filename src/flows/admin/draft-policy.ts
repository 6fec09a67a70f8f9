import type { Policy } from '../../core/policy/policy';
import { checkPolicy, type PolicyFault } from '../../core/policy/policy-check';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { FlowContext } from '../context/context';
import { effectivePolicy } from '../context/gather-facts';

export type PolicyDraft =
  | { readonly outcome: 'draft'; readonly current: Policy; readonly draft: Policy }
  | PolicyRefused
  | { readonly outcome: 'conflict'; readonly current: Policy };

/** The policy as it would be saved, checked as it would be checked then. */
export async function draftPolicy(
  context: FlowContext,
  asked: {
    readonly organizationId: string;
    readonly change: PolicyChange;
    readonly expectedVersion?: number;
  },
): Promise<PolicyDraft> {
  const { organizationId, change, expectedVersion } = asked;
  const current = effectivePolicy(context, await context.records.findPolicy(organizationId));
  if (expectedVersion !== undefined && expectedVersion !== current.version) {
    return { outcome: 'conflict', current };
  }
  const draft: Policy = { ...current, ...change, organizationId, version: current.version };
  const faults = [
    ...checkPolicy(draft, { factors: FACTOR_TRAITS, availableKinds: context.options.availableKinds }),
    ...checkGrace(current, draft, context.clock.now()),
  ];
  return faults.length > 0 ? { outcome: 'refused', faults, draft } : { outcome: 'draft', current, draft };
}

/** A grace that has run out is left as it is; a new one must lie ahead. */
function checkGrace(current: Policy, draft: Policy, now: number): readonly PolicyFault[] {
  const { graceUntil } = draft;
  if (graceUntil === null || graceUntil === current.graceUntil || graceUntil > now) return [];
  const message = 'The end of the grace period has passed. Choose a date in the future, or none.';
  return [{ field: 'graceUntil', because: 'too-small', message }];
}

export type PolicyChange = Partial<Omit<Policy, 'organizationId' | 'version'>>;
export interface PolicyRefused {
  readonly outcome: 'refused';
  readonly faults: readonly PolicyFault[];
  /** The policy as it would have been saved. */
  readonly draft: Policy;
}
