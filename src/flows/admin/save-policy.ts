import type { Policy } from '../../core/policy';
import type { Account } from '../../ports';
import { changePolicy } from '../change-policy';
import type { PolicyChange, PolicySaved } from '../change-policy';
import type { FlowContext } from '../context';
import type { AdminAct } from './administrator';
import { draftPolicy } from './draft-policy';
import { previewForActor } from './preview-policy';

export type PolicySavedByAdministrator =
  | PolicySaved
  /** The acting administrator could not come back. The way out: `enroll-first` at "Configure my MFA", or another choice of methods. */
  | { readonly outcome: 'would-lock-you-out'; readonly wayOut: 'enroll-first' | 'allow-another-method' };

/**
 * Saves a policy for an administrator: as changePolicy, and never one that would wall the acting administrator out, nor
 * a new end of grace that has passed. `expectedVersion` is the version of the form.
 */
export async function savePolicyAsAdministrator(
  context: FlowContext,
  act: AdminAct & { readonly change: PolicyChange; readonly expectedVersion: number },
): Promise<PolicySavedByAdministrator> {
  const { organizationId, actor, change, expectedVersion } = act;
  const drafted = await draftPolicy(context, { organizationId, change, expectedVersion });
  if (drafted.outcome !== 'draft') return drafted;
  const { draft } = drafted;
  if ((await previewForActor(context, { organizationId, actor, draft })) === 'no-way') {
    return { outcome: 'would-lock-you-out', wayOut: wayOut(draft, actor) };
  }
  const { address } = act.origin;
  return changePolicy(context, { organizationId, change, expectedVersion, actorId: actor.id, address });
}

function wayOut(draft: Policy, actor: Account): 'enroll-first' | 'allow-another-method' {
  const byEmailAlone = draft.methods.every((kind) => kind === 'email');
  return byEmailAlone && actor.email === undefined ? 'allow-another-method' : 'enroll-first';
}
