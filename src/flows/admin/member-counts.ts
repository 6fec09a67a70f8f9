import type { FactorKind } from '../../core/member/factor-kind';
import type { Policy } from '../../core/policy/policy';
import type { EventName } from '../../events/events';
import { ENROLLABLE_KINDS } from '../../factors/find-factor';
import type { BackgroundJob } from '../../records/background-jobs';
import type { MemberIndex } from '../../records/member-index';
import type { FlowContext } from '../context/context';
import { effectivePolicy } from '../context/gather-facts';
import { indexOfFilter } from './member-index-page';
import { walkRosterWhenStale } from './roster-walk';

export interface MemberCounts {
  readonly members: number;
  readonly configured: number;
  readonly notConfigured: number;
  readonly byKind: Readonly<Record<FactorKind, number>>;
  readonly smsOnly: number;
  readonly inGrace: number;
  readonly exempt: number;
  readonly locked: number;
  readonly federated: number;
  readonly noUsableContact: number;
}

/** Counts from the indexes, without reading members. Two round trips. */
export async function readMemberCounts(
  context: FlowContext,
  organizationId: string,
): Promise<{
  readonly counts: MemberCounts;
  readonly policy: Policy;
  readonly walk: BackgroundJob | undefined;
}> {
  const { records, directory, clock } = context;
  const now = clock.now();
  const count = (index: MemberIndex) => records.countIndex({ organizationId, index });
  const countNow = (filter: 'exempt' | 'locked') =>
    records.countIndex({ organizationId, index: filter, ...indexOfFilter(filter, null, now) });
  const [
    read,
    walk,
    listed,
    configured,
    notConfigured,
    smsOnly,
    exempt,
    locked,
    federated,
    noUsableContact,
    kinds,
  ] = await Promise.all([
    records.findPolicy(organizationId),
    records.findJob(organizationId, 'roster-walk'),
    directory.count(organizationId),
    count('configured'),
    count('not-configured'),
    count('sms-only'),
    countNow('exempt'),
    countNow('locked'),
    count('federated'),
    count('no-contact'),
    Promise.all(ENROLLABLE_KINDS.map(async (kind) => [kind, await count(kind)] as const)),
  ]);
  const policy = effectivePolicy(context, read);
  const waiting = indexOfFilter('in-grace', policy, now);
  const inGrace = waiting === null ? 0 : await records.countIndex({ organizationId, ...waiting });
  const indexed = configured + notConfigured;
  walkRosterWhenStale(context, { organizationId, walk, indexed, listed });
  const byKind = Object.fromEntries(kinds);
  const members = listed ?? indexed;
  const counts = {
    members,
    configured,
    notConfigured,
    byKind,
    smsOnly,
    inGrace,
    exempt,
    locked,
    federated,
    noUsableContact,
  };
  return { counts, policy, walk };
}

/** The events that change the indexes of a member. */
export const CHANGES: ReadonlySet<EventName> = new Set([
  'authenticator-added',
  'authenticator-removed',
  'authenticator-disabled',
  'exemption-granted',
  'exemption-ended',
  'member-changed',
  'member-reset',
  'proofs-locked',
  'proofs-unlocked',
  'enrollment-skipped',
]);
