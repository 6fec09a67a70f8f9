import { allowedKinds } from '../../core/decision/usable-factors';
import type { FactorKind } from '../../core/member/factor-kind';
import type { Policy } from '../../core/policy/policy';
import { POLICY_EFFECTS, previewEffect, type PolicyEffect } from '../../core/policy/policy-preview';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { MemberIndex } from '../../records/member-index';
import type { FlowContext } from '../context/context';
import type { AdminAct } from './admin-authority';
import { readMembers, readPolicyContext, type KnownMember, type PolicyContext } from './read-members';
import {
  asSaved,
  changedFields,
  draftPolicy,
  previewForActor,
  type PolicyChange,
  type PolicyRefused,
} from './save-policy';

/** The number of members and the first ten by name. The number is exact if `basis` is `all`, otherwise an estimate. */
interface Counted {
  readonly count: number;
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

export interface PreviewGroup extends Counted {
  readonly effect: PolicyEffect;
  /** The number of members that the current policy has this effect on. */
  readonly before: number;
}

/** Members with a method that is accepted now, but would not be any more. */
export interface PreviewLoss extends Counted {
  readonly kind: FactorKind;
  /** The members among them without another method that is still accepted. */
  readonly withoutOther: number;
}

export interface PolicyPreview {
  readonly outcome: 'previewed';
  readonly current: Policy;
  /** The policy as it would be saved. */
  readonly draft: Policy;
  readonly changed: readonly string[];
  /** `all`: every member was examined. `sample`: the counts are estimates and must be shown as such. */
  readonly basis: 'all' | 'sample';
  readonly members: number;
  readonly examined: number;
  readonly groups: readonly PreviewGroup[];
  readonly losses: readonly PreviewLoss[];
  /** The effect on the acting administrator; null if they belong to another organization. */
  readonly you: PolicyEffect | null;
  readonly wouldLockYouOut: boolean;
}

export type PolicyPreviewed =
  PolicyPreview | PolicyRefused | { readonly outcome: 'conflict'; readonly current: Policy };

export async function previewPolicy(
  context: FlowContext,
  request: Pick<AdminAct, 'organizationId' | 'actor'> & {
    readonly change: PolicyChange;
    readonly expectedVersion?: number;
  },
): Promise<PolicyPreviewed> {
  const drafted = await draftPolicy(context, request);
  if (drafted.outcome !== 'draft') return drafted;
  const { current, draft } = drafted;
  const { organizationId, actor } = request;
  const [roster, you] = await Promise.all([
    sampleRoster(context, organizationId),
    previewForActor(context, { organizationId, actor, draft }),
  ]);
  const now = context.clock.now();
  const judged = roster.strata.flatMap(({ members, weight }) =>
    members.map(({ account, facts, state }) => ({
      account,
      weight,
      kinds: state.kinds,
      before: previewEffect(facts, now),
      effect: previewEffect({ ...facts, policy: asSaved(draft) }, now),
    })),
  );
  const { availableKinds } = context.options;
  const accepted = (policy: Policy) => allowedKinds({ policy, factors: FACTOR_TRAITS, availableKinds });
  return {
    outcome: 'previewed',
    current,
    draft,
    changed: changedFields(current, draft),
    basis: roster.basis,
    members: roster.members,
    examined: judged.length,
    groups: POLICY_EFFECTS.map((effect) => ({
      effect,
      ...toCounted(judged.filter((one) => one.effect === effect)),
      before: sizeOf(judged.filter((one) => one.before === effect)),
    })),
    losses: draft.enabled ? lossesOf(judged, { before: accepted(current), after: accepted(draft) }) : [],
    you,
    wouldLockYouOut: you === 'no-way',
  };
}

interface Judged {
  readonly account: Account;
  readonly kinds: readonly FactorKind[];
  readonly before: PolicyEffect;
  readonly effect: PolicyEffect;
  readonly weight: number;
}

const NAMES = 10;

function lossesOf(
  judged: readonly Judged[],
  accepted: { readonly before: readonly FactorKind[]; readonly after: readonly FactorKind[] },
): readonly PreviewLoss[] {
  return accepted.before
    .filter((kind) => !accepted.after.includes(kind))
    .map((kind) => {
      const losing = judged.filter(({ kinds }) => kinds.includes(kind));
      const alone = losing.filter(({ kinds }) => !kinds.some((one) => accepted.after.includes(one)));
      return { kind, ...toCounted(losing), withoutOther: sizeOf(alone) };
    })
    .filter(({ count }) => count > 0);
}

function toCounted(members: readonly Judged[]): Counted {
  const people = members
    .map(({ account: { id, name } }) => ({ id, name }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1))
    .slice(0, NAMES);
  return { count: sizeOf(members), people };
}

function sizeOf(members: readonly Judged[]): number {
  return Math.round(members.reduce((sum, { weight }) => sum + weight, 0));
}

/** Organizations up to this size are read completely. */
const READ_COMPLETELY = 2000;
const HOST_PAGE = 500;
/** A larger organization is sampled: this many slices, spread evenly over each of the two indexes. */
const SLICES = 10;
const SLICE = 50;

export interface Roster {
  /** `all`: every member. `sample`: each member represents `weight` members of their stratum. */
  readonly basis: 'all' | 'sample';
  readonly members: number;
  readonly strata: readonly { readonly members: readonly KnownMember[]; readonly weight: number }[];
}

/** A large organization is sampled: members with a factor and members without one. */
export async function sampleRoster(context: FlowContext, organizationId: string): Promise<Roster> {
  const policyContext = await readPolicyContext(context, organizationId);
  const [listed, configured, notConfigured] = await Promise.all([
    context.directory.count(organizationId),
    context.records.countIndex({ organizationId, index: 'configured' }),
    context.records.countIndex({ organizationId, index: 'not-configured' }),
  ]);
  const indexed = configured + notConfigured;
  // While most members are not indexed yet, the first pages of the host's table are a better sample.
  if ((listed ?? indexed) <= READ_COMPLETELY || indexed < (listed ?? 0) / 2) {
    const { members, complete } = await readTable(context, organizationId, policyContext);
    const all = complete ? members.length : Math.max(listed ?? indexed, members.length);
    const weight = members.length === 0 ? 1 : all / members.length;
    return { basis: complete ? 'all' : 'sample', members: all, strata: [{ members, weight }] };
  }
  const strata = await Promise.all([
    sampleIndex(context, { organizationId, index: 'configured', size: configured, policyContext }),
    sampleIndex(context, { organizationId, index: 'not-configured', size: notConfigured, policyContext }),
  ]);
  return { basis: 'sample', members: listed ?? indexed, strata };
}

async function readTable(
  context: FlowContext,
  organizationId: string,
  policyContext: PolicyContext,
): Promise<{ readonly members: readonly KnownMember[]; readonly complete: boolean }> {
  const members: KnownMember[] = [];
  let cursor: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop
    const page = await context.directory.list({
      organizationId,
      limit: HOST_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    // oxlint-disable-next-line no-await-in-loop
    members.push(...(await readMembers(context, { organizationId, accounts: page.accounts, policyContext })));
    cursor = page.nextCursor;
  } while (cursor !== undefined && members.length < READ_COMPLETELY);
  return { members, complete: cursor === undefined };
}

async function sampleIndex(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly index: MemberIndex;
    readonly size: number;
    readonly policyContext: PolicyContext;
  },
): Promise<{ readonly members: readonly KnownMember[]; readonly weight: number }> {
  const { organizationId, index, size, policyContext } = request;
  const slices = await Promise.all(
    Array.from({ length: SLICES }, (_, number) =>
      context.records.listIndex({
        organizationId,
        index,
        skip: Math.floor((size * number) / SLICES),
        limit: Math.max(1, Math.min(SLICE, Math.floor(size / SLICES))),
      }),
    ),
  );
  const ids = [...new Set(slices.flat().map(({ userId }) => userId))];
  const found = await context.directory.findMany(ids);
  const members = await readMembers(context, {
    organizationId,
    accounts: [...found.values()],
    policyContext,
  });
  return { members, weight: members.length === 0 ? 0 : size / members.length };
}
