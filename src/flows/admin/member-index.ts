import type { FactorKind } from '../../core/member/factor-kind';
import { LONGEST_LOCK_SECONDS } from '../../core/member/guess-counter';
import type { MemberState } from '../../core/member/member-state';
import type { Policy } from '../../core/policy/policy';
import type { EventName } from '../../events/events';
import { ENROLLABLE_KINDS } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { BackgroundJob } from '../../records/background-jobs';
import type { MemberIndex } from '../../records/member-index';
import type { IndexEntry, MarkRange } from '../../stores/record-store';
import type { FlowContext } from '../context/context';
import { effectivePolicy } from '../context/gather-facts';
import {
  NO_MARKS,
  indexKnownMembers,
  readMembers,
  readPolicyContext,
  type KnownMember,
  type PolicyContext,
} from './read-members';
import { walkRosterWhenStale } from './roster-walk';

/** A filter other than `all`: a state, or a kind that the member has. */
export type IndexedFilter = string;

/** Whether a member matches a filter. The records decide, not the index. */
export function matchesFilter(state: MemberState, filter: IndexedFilter): boolean {
  switch (filter) {
    case 'not-configured':
      return !state.configured;
    case 'exempt':
      return state.exemption !== undefined;
    case 'locked':
      return state.lockedUntil !== undefined;
    case 'in-grace':
      return state.inGrace;
    case 'federated':
      return state.federated;
    default:
      return state.kinds.includes(filter);
  }
}

export function indexOfFilter(
  filter: IndexedFilter,
  policy: Policy | null,
  now: number,
): ({ readonly index: MemberIndex } & MarkRange) | null {
  if (filter === 'exempt') return { index: filter, above: now };
  // No lock can end later than this. A later end was set by a clock that was ahead.
  if (filter === 'locked') return { index: filter, above: now, below: now + LONGEST_LOCK_SECONDS * 1000 + 1 };
  if (filter !== 'in-grace') return { index: filter };
  if (policy === null) return { index: 'waiting' };
  const { enabled, enrollment, graceUntil, skips } = policy;
  if (!enabled || enrollment === 'assigned' || (graceUntil === null && skips === null)) return null;
  if (graceUntil !== null && now >= graceUntil) return null;
  return { index: 'waiting', ...(skips === null ? {} : { below: skips }) };
}

/** The maximum number of index reads per page, however many entries are stale. */
const MOST_READS = 3;

/** Stale entries are skipped and repaired. Two round trips, or three if the policy determines the range of the index. */
export async function readIndexPage(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly filter: IndexedFilter;
    readonly after: IndexEntry | null;
    readonly limit: number;
  },
): Promise<{ readonly members: readonly KnownMember[]; readonly next: IndexEntry | null }> {
  const { organizationId, filter, limit } = request;
  const policyContext = readPolicyContext(context, organizationId);
  const policy = filter === 'in-grace' ? effectivePolicy(context, (await policyContext).policy) : null;
  const part = indexOfFilter(filter, policy, context.clock.now());
  if (part === null) return { members: [], next: null };
  const found: KnownMember[] = [];
  let after = request.after;
  for (let reads = 1; ; reads += 1) {
    // oxlint-disable-next-line no-await-in-loop
    const entries = await context.records.listIndex({
      organizationId,
      ...part,
      ...(after === null ? {} : { after }),
      limit: limit - found.length + 1,
    });
    const more = entries.length > limit - found.length;
    const read = more ? entries.slice(0, -1) : entries;
    // oxlint-disable-next-line no-await-in-loop
    found.push(...(await readEntries(context, { organizationId, filter, entries: read, policyContext })));
    after = read.at(-1) ?? after;
    if (!more) return { members: found, next: null };
    if (found.length >= limit || reads === MOST_READS) return { members: found, next: after };
  }
}

async function readEntries(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly filter: IndexedFilter;
    readonly entries: readonly IndexEntry[];
    readonly policyContext: Promise<PolicyContext>;
  },
): Promise<readonly KnownMember[]> {
  const { organizationId, filter, entries, policyContext } = request;
  const found = await context.directory.findMany(entries.map(({ userId }) => userId));
  const accounts = entries.map(({ userId }) => found.get(userId)).filter(isMember(organizationId));
  const members = await readMembers(context, { organizationId, accounts, policyContext });
  const fitting = members.filter(({ state }) => matchesFilter(state, filter));
  if (fitting.length < entries.length) {
    const fits = new Set(fitting.map(({ account }) => account.id));
    const stale = members.filter(({ account }) => !fits.has(account.id));
    const known = new Set(members.map(({ account }) => account.id));
    const gone = entries.filter(({ userId }) => !known.has(userId));
    context.background.run(`repair:${organizationId}:${filter}`, async () => {
      await indexKnownMembers(context, organizationId, stale);
      await context.records.saveMemberMarks(
        organizationId,
        gone.map(({ userId }) => ({ userId, marks: NO_MARKS })),
      );
    });
  }
  return fitting;
}

function isMember(organizationId: string): (account: Account | undefined) => account is Account {
  return (account): account is Account => account?.organizationId === organizationId;
}

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
