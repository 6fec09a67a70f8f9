import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../core/policy/policy';
import { checkPolicy } from '../../core/policy/policy-check';
import { FACTOR_TRAITS, channelOfKind } from '../../factors/find-factor';
import type { FlowContext } from '../context/context';
import { effectivePolicy } from '../context/gather-facts';
import type { Actor, AdminAct } from './admin-authority';
import { draftPolicy, type PolicyChange, type PolicyRefused } from './draft-policy';
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
  const byEmailAlone = draft.methods.every((kind) => channelOfKind(kind) === 'email');
  return byEmailAlone && 'username' in actor && actor.email === undefined
    ? 'allow-another-method'
    : 'enroll-first';
}

export type PolicySaved =
  | { readonly outcome: 'saved'; readonly policy: Policy }
  | PolicyRefused
  /** Somebody else saved first; nothing was written. */
  | { readonly outcome: 'conflict'; readonly current: Policy };

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
  const faults = checkPolicy(wanted, {
    factors: FACTOR_TRAITS,
    availableKinds: context.options.availableKinds,
  });
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
