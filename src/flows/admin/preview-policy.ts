import type { PolicyFault } from '../../core/policy-check';
import type { PolicyEffect } from '../../core/policy-preview';
import type { Policy } from '../../core/policy';
import type { PolicyChange } from '../change-policy';
import type { FlowContext } from '../context';
import type { AdminAct } from './administrator';

export interface PreviewGroup {
  readonly effect: PolicyEffect;
  /** Exact where `basis` is `all`, otherwise projected from the sample. */
  readonly count: number;
  /** The first ten, by name. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

export interface PolicyPreview {
  readonly outcome: 'previewed';
  readonly current: Policy;
  /** The policy as it would be saved. */
  readonly draft: Policy;
  /** `all`: every member was judged. `sample`: the counts are an estimate and must be shown as one. */
  readonly basis: 'all' | 'sample';
  readonly members: number;
  readonly examined: number;
  /** One for each effect, in the order of POLICY_EFFECTS. */
  readonly groups: readonly PreviewGroup[];
  /** What it means for the acting administrator; null where they belong to another organization. */
  readonly you: PolicyEffect | null;
  readonly wouldLockYouOut: boolean;
}

export type PolicyPreviewed =
  | PolicyPreview
  | { readonly outcome: 'refused'; readonly faults: readonly PolicyFault[] }
  | { readonly outcome: 'conflict'; readonly current: Policy };

/** What a policy would mean for everybody, before it is saved. Changes nothing. */
export async function previewPolicy(
  _context: FlowContext,
  _asked: Pick<AdminAct, 'organizationId' | 'actor'> & {
    readonly change: PolicyChange;
    readonly expectedVersion?: number;
  },
): Promise<PolicyPreviewed> {
  throw new Error('This is not written yet.');
}
