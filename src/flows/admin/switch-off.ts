import { MfaError } from '../../errors';
import type { Policy } from '../../core/policy';
import { changePolicy } from '../change-policy';
import type { FlowContext } from '../context';
import type { AdminAct } from './administrator';
import { beginJob } from './background-jobs';
import { FORGET_DEVICES } from './forget-devices';
import { readMemberCounts } from './member-counts';

/** What switching off with "Forget all devices" touches. */
export interface SwitchOffReach {
  readonly policy: Policy;
  readonly members: number;
  /** Members with at least one authenticator, and how many those have together. */
  readonly people: number;
  readonly devices: number;
  /** Not every member has been counted yet. */
  readonly counting: boolean;
}

/** Members with more authenticators than this are counted as having this many. */
const MOST_COUNTED = 8;

export async function describeSwitchOff(
  context: FlowContext,
  organizationId: string,
): Promise<SwitchOffReach> {
  const moreThan = Array.from({ length: MOST_COUNTED }, (_, above) =>
    context.records.countIndex({ organizationId, index: 'enrolled', above }),
  );
  const [{ counts, policy, walk }, having] = await Promise.all([
    readMemberCounts(context, organizationId),
    Promise.all(moreThan),
  ]);
  return {
    policy,
    members: counts.members,
    people: having[0] ?? 0,
    // Everybody with more than none has one, everybody with more than one has another.
    devices: having.reduce((sum, people) => sum + people, 0),
    counting: walk === undefined || (walk.finishedAt === null && walk.step === 0),
  };
}

export type SwitchedOff =
  | { readonly outcome: 'switched-off'; readonly policy: Policy; readonly forgetting: boolean }
  | { readonly outcome: 'conflict'; readonly current: Policy };

/** MFA off for the organization; from the next request nobody is asked. The forgetting goes on in the background. */
export async function switchOff(
  context: FlowContext,
  act: AdminAct & { readonly forgetDevices: boolean; readonly expectedVersion: number },
): Promise<SwitchedOff> {
  const { organizationId, actor, origin, expectedVersion, forgetDevices } = act;
  const saved = await changePolicy(context, {
    organizationId,
    change: { enabled: false },
    expectedVersion,
    actorId: actor.id,
    ...(origin === null ? {} : { address: origin.address }),
  });
  if (saved.outcome === 'conflict') return saved;
  if (saved.outcome === 'refused') {
    // What was saved once can only be at fault where this process has fewer ways to deliver; off is off all the same.
    throw new MfaError('records-unreadable', `The policy cannot be saved: ${saved.faults[0]?.message ?? ''}`);
  }
  if (forgetDevices) {
    const of = (await context.directory.count(organizationId)) ?? null;
    await beginJob(context, FORGET_DEVICES, { organizationId, of, startedBy: actor.id });
  }
  return { outcome: 'switched-off', policy: saved.policy, forgetting: forgetDevices };
}
