import type { PolicyChange, PolicySaved } from '../change-policy';
import type { FlowContext } from '../context';
import type { AdminAct } from './administrator';

export type PolicySavedByAdministrator =
  | PolicySaved
  /** The acting administrator could not come back. The way out: `enroll-first` at "Configure my MFA", or another choice of methods. */
  | { readonly outcome: 'would-lock-you-out'; readonly wayOut: 'enroll-first' | 'allow-another-method' };

/**
 * Saves a policy for an administrator: as changePolicy, and never one that would wall the acting administrator out, nor
 * a new end of grace that has passed. `expectedVersion` is the version of the form.
 */
export async function savePolicyAsAdministrator(
  _context: FlowContext,
  _act: AdminAct & { readonly change: PolicyChange; readonly expectedVersion: number },
): Promise<PolicySavedByAdministrator> {
  throw new Error('This is not written yet.');
}
