import type { Policy } from '../../core/policy/policy';
import { POLICY_EFFECTS, previewEffect, type PolicyEffect } from '../../core/policy/policy-preview';
import type { Account } from '../../options/ports';
import type { MemberIndex } from '../../records/member-index';
import type { FlowContext } from '../context/context';
import type { AdminAct } from './admin-authority';
import { readMembers, readPolicyContext, type KnownMember, type PolicyContext } from './read-members';
import { asSaved, draftPolicy, previewForActor, type PolicyChange, type PolicyRefused } from './save-policy';

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
  /** `all`: every member was judged. `sample`: the counts are estimates and must be shown as such. */
  readonly basis: 'all' | 'sample';
  readonly members: number;
  readonly examined: number;
  /** One for each effect, in the order of POLICY_EFFECTS. */
  readonly groups: readonly PreviewGroup[];
  /** The effect on the acting administrator; null if they belong to another organization. */
  readonly you: PolicyEffect | null;
  readonly wouldLockYouOut: boolean;
}

export type PolicyPreviewed =
  PolicyPreview | PolicyRefused | { readonly outcome: 'conflict'; readonly current: Policy };

/** The effects of a policy on every member, before it is saved. Changes nothing. */
export async function previewPolicy(
  context: FlowContext,
  asked: Pick<AdminAct, 'organizationId' | 'actor'> & {
    readonly change: PolicyChange;
    readonly expectedVersion?: number;
  },
): Promise<PolicyPreviewed> {
  const drafted = await draftPolicy(context, asked);
  if (drafted.outcome !== 'draft') return drafted;
  const { current, draft } = drafted;
  const { organizationId, actor } = asked;
  const [roster, you] = await Promise.all([
    sampleRoster(context, organizationId),
    previewForActor(context, { organizationId, actor, draft }),
  ]);
  const judged = roster.strata.flatMap(({ members, weight }) =>
    members.map((member) => ({
      account: member.account,
      weight,
      effect: previewEffect({ ...member.facts, policy: asSaved(draft) }, context.clock.now()),
    })),
  );
  return {
    outcome: 'previewed',
    current,
    draft,
    basis: roster.basis,
    members: roster.members,
    examined: judged.length,
    groups: POLICY_EFFECTS.map((effect) => toGroup(effect, judged)),
    you,
    wouldLockYouOut: you === 'no-way',
  };
}

interface Judged {
  readonly account: Account;
  readonly effect: PolicyEffect;
  readonly weight: number;
}

const NAMES = 10;

function toGroup(effect: PolicyEffect, judged: readonly Judged[]): PreviewGroup {
  const those = judged.filter((one) => one.effect === effect);
  const people = those
    .map(({ account: { id, name } }) => ({ id, name }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1))
    .slice(0, NAMES);
  return { effect, count: Math.round(those.reduce((sum, { weight }) => sum + weight, 0)), people };
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

/** Every member of a small organization; of a large one a sample of members with a factor and one of members without. */
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
  asked: {
    readonly organizationId: string;
    readonly index: MemberIndex;
    readonly size: number;
    readonly policyContext: PolicyContext;
  },
): Promise<{ readonly members: readonly KnownMember[]; readonly weight: number }> {
  const { organizationId, index, size, policyContext } = asked;
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
