import { LONGEST_LOCK_SECONDS } from '../../core/member/guess-counter';
import type { MemberState } from '../../core/member/member-state';
import type { Policy } from '../../core/policy/policy';
import type { Account } from '../../options/ports';
import type { IndexEntry, MarkRange, MemberIndex } from '../../records/member-index';
import type { FlowContext } from '../context/context';
import { effectivePolicy } from '../context/gather-facts';
import {
  indexKnownMembers,
  NO_MARKS,
  readMembers,
  readPolicyContext,
  type KnownMember,
  type PolicyContext,
} from './read-members';

/** A filter other than `all`: a state, or a kind that the member has. */
export type IndexedFilter = string;

/** Whether a member belongs to a filter: the judgement that counts, whatever the index says. */
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

/** The part of an index that a filter reads; null if nobody can match. */
export function indexOfFilter(
  filter: IndexedFilter,
  policy: Policy | null,
  now: number,
): ({ readonly index: MemberIndex } & MarkRange) | null {
  if (filter === 'exempt') return { index: filter, above: now };
  // No lock ends later than that; a later end comes from a clock that was ahead.
  if (filter === 'locked') return { index: filter, above: now, below: now + LONGEST_LOCK_SECONDS * 1000 + 1 };
  if (filter !== 'in-grace') return { index: filter };
  if (policy === null) return { index: 'waiting' };
  const { enabled, enrollment, graceUntil, skips } = policy;
  if (!enabled || enrollment === 'assigned' || (graceUntil === null && skips === null)) return null;
  if (graceUntil !== null && now >= graceUntil) return null;
  return { index: 'waiting', ...(skips === null ? {} : { below: skips }) };
}

/** A page reads the index at most this often, however many entries are stale. */
const MOST_READS = 3;

/**
 * A page of one index, compared with the records. Stale entries are left out, and repaired in the background. Two round trips;
 * three if the policy decides which part of the index is read.
 */
export async function readIndexPage(
  context: FlowContext,
  asked: {
    readonly organizationId: string;
    readonly filter: IndexedFilter;
    readonly after: IndexEntry | null;
    readonly limit: number;
  },
): Promise<{ readonly members: readonly KnownMember[]; readonly next: IndexEntry | null }> {
  const { organizationId, filter, limit } = asked;
  const policyContext = readPolicyContext(context, organizationId);
  const policy = filter === 'in-grace' ? effectivePolicy(context, (await policyContext).policy) : null;
  const part = indexOfFilter(filter, policy, context.clock.now());
  if (part === null) return { members: [], next: null };
  const found: KnownMember[] = [];
  let after = asked.after;
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
  asked: {
    readonly organizationId: string;
    readonly filter: IndexedFilter;
    readonly entries: readonly IndexEntry[];
    readonly policyContext: Promise<PolicyContext>;
  },
): Promise<readonly KnownMember[]> {
  const { organizationId, filter, entries, policyContext } = asked;
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
