import type { Policy } from '../../core/policy';
import { changePolicy } from '../change-policy';
import type { PolicyChange, PolicySaved } from '../change-policy';
import type { FlowContext } from '../context';
import type { Actor, AdminAct } from './administrator';
import { draftPolicy } from './draft-policy';
import { previewForActor } from './preview-policy';

export type PolicySavedByAdministrator =
  | PolicySaved
  /** The acting administrator could not come back. The way out: `enroll-first` at "Configure my MFA", or another choice of methods. */
  | { readonly outcome: 'would-lock-you-out'; readonly wayOut: 'enroll-first' | 'allow-another-method' };

/**
 * Saves a policy for an administrator or the host: never one that would lock the acting administrator out, nor a new end of
 * grace that has passed. `expectedVersion` is the version of the form; without it the newest is changed.
 */
export async function savePolicyAsAdministrator(
  context: FlowContext,
  act: AdminAct & { readonly change: PolicyChange; readonly expectedVersion?: number },
): Promise<PolicySavedByAdministrator> {
  const { organizationId, actor, change } = act;
  const drafted = await draftPolicy(context, act);
  if (drafted.outcome !== 'draft') return drafted;
  const { draft } = drafted;
  if ((await previewForActor(context, { organizationId, actor, draft })) === 'no-way') {
    return { outcome: 'would-lock-you-out', wayOut: wayOut(draft, actor) };
  }
  const from = act.origin === null ? {} : { address: act.origin.address };
  return changePolicy(context, {
    organizationId,
    change,
    expectedVersion: draft.version,
    actorId: actor.id,
    ...from,
  });
}

function wayOut(draft: Policy, actor: Actor): 'enroll-first' | 'allow-another-method' {
  const byEmailAlone = draft.methods.every((kind) => kind === 'email');
  return byEmailAlone && 'username' in actor && actor.email === undefined
    ? 'allow-another-method'
    : 'enroll-first';
}
