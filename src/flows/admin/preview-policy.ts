import { POLICY_EFFECTS, previewEffect } from '../../core/policy-preview';
import type { PolicyEffect } from '../../core/policy-preview';
import type { Policy } from '../../core/policy';
import type { Account } from '../../ports';
import type { PolicyChange, PolicyRefused } from '../change-policy';
import type { FlowContext } from '../context';
import type { Actor, AdminAct } from './administrator';
import { draftPolicy } from './draft-policy';
import { readGround, readMembers } from './read-members';
import { sampleRoster } from './sample-roster';

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
  PolicyPreview | PolicyRefused | { readonly outcome: 'conflict'; readonly current: Policy };

/** What a policy would mean for everybody, before it is saved. Changes nothing. */
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

/** What it would mean for the one who is about to save it; null for one who is a member elsewhere, or nowhere. */
export async function previewForActor(
  context: FlowContext,
  asked: { readonly organizationId: string; readonly actor: Actor; readonly draft: Policy },
): Promise<PolicyEffect | null> {
  const { organizationId, actor, draft } = asked;
  if ('outside' in actor) return null;
  const ground = readGround(context, organizationId);
  const [member] = await readMembers(context, { organizationId, accounts: [actor], ground });
  if (member === undefined) return null;
  return previewEffect({ ...member.facts, policy: asSaved(draft) }, context.clock.now());
}

/** What was never saved is judged otherwise than what was. */
function asSaved(draft: Policy): Policy {
  return { ...draft, version: draft.version + 1 };
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
