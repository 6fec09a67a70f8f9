import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../core/policy/policy';
import { checkPolicy, type PolicyFault } from '../../core/policy/policy-check';
import { previewEffect, type PolicyEffect } from '../../core/policy/policy-preview';
import { FACTOR_TRAITS, channelOfKind } from '../../factors/find-factor';
import type { FlowContext } from '../context/context';
import { readPolicy } from '../context/gather-facts';
import type { Actor, AdminAct } from './admin-authority';
import { readMembers, readPolicyContext } from './read-members';

export type PolicyDraft =
  | { readonly outcome: 'draft'; readonly current: Policy; readonly draft: Policy }
  | PolicyRefused
  | { readonly outcome: 'conflict'; readonly current: Policy };

export async function draftPolicy(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly change: PolicyChange;
    readonly expectedVersion?: number;
  },
): Promise<PolicyDraft> {
  const { organizationId, change, expectedVersion } = request;
  const current = await readPolicy(context, organizationId);
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

/** An unchanged end of the grace period may be in the past; a new one may not. */
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
  readonly draft: Policy;
}
/** The effect on the actor who saves it; null if they are not a member of the organization. */
export async function previewForActor(
  context: FlowContext,
  request: { readonly organizationId: string; readonly actor: Actor; readonly draft: Policy },
): Promise<PolicyEffect | null> {
  const { organizationId, actor, draft } = request;
  if ('outside' in actor) return null;
  const policyContext = readPolicyContext(context, organizationId);
  const [member] = await readMembers(context, { organizationId, accounts: [actor], policyContext });
  if (member === undefined) return null;
  return previewEffect({ ...member.facts, policy: asSaved(draft) }, context.clock.now());
}
/** A policy with version 0 was never saved, and the rules treat it differently. */
export function asSaved(draft: Policy): Policy {
  return { ...draft, version: draft.version + 1 };
}

export type PolicySavedByAdministrator =
  | PolicySaved
  /** The acting administrator could no longer sign in. They must set up a method first, or allow one that they can set up. */
  | { readonly outcome: 'would-lock-you-out'; readonly wayOut: 'enroll-first' | 'allow-another-method' };

/** Refuses a policy that would lock out the acting administrator. Without `expectedVersion`, changes the newest version. */
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
  /** Somebody else saved first, and nothing was written. */
  | { readonly outcome: 'conflict'; readonly current: Policy };

export interface PolicyChangeRequest {
  readonly organizationId: string;
  readonly change: PolicyChange;
  /** The version that the change is based on. Default: the newest. */
  readonly expectedVersion?: number;
  readonly actorId?: string;
  /** The address of the request, if there was one. */
  readonly address?: string;
}

/** Changes some fields of a policy and keeps the rest. Takes effect at each person's next request. */
export async function changePolicy(context: FlowContext, request: PolicyChangeRequest): Promise<PolicySaved> {
  const { organizationId, change, actorId, address } = request;
  const before = await readPolicy(context, organizationId);
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
  await context.events.reportQueued({
    name: 'policy-changed',
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { version: saved.policy.version, fields: changedFields(before, saved.policy).join(' ') },
  });
  return saved;
}

export function changedFields(before: Policy, after: Policy): readonly string[] {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after)
    .filter(([name, value]) => name !== 'version' && !isSame(was.get(name), value))
    .map(([name]) => name);
}

/** Methods are a set: their order does not matter. */
function isSame(before: unknown, after: unknown): boolean {
  return Array.isArray(before) && Array.isArray(after)
    ? isDeepStrictEqual(new Set(before), new Set(after))
    : isDeepStrictEqual(before, after);
}
