import type { MemberIndex } from '../../stores/member-index';
import type { FlowContext } from '../context';
import { readGround, readMembers } from './read-members';
import type { Ground, KnownMember } from './read-members';

/** Up to this size everybody is looked at. */
const EVERYBODY = 2000;
const HOST_PAGE = 500;
/** From a larger organization, so many slices are taken evenly out of each half of the index. */
const SLICES = 10;
const SLICE = 50;

export interface Roster {
  /** `all`: everybody. `sample`: each member stands for `weight` of their stratum. */
  readonly basis: 'all' | 'sample';
  readonly members: number;
  readonly strata: readonly { readonly members: readonly KnownMember[]; readonly weight: number }[];
}

/** Everybody of a small organization, or of a large one enough to judge by: those with a factor and those without apart. */
export async function sampleRoster(context: FlowContext, organizationId: string): Promise<Roster> {
  const ground = await readGround(context, organizationId);
  const [listed, configured, notConfigured] = await Promise.all([
    context.directory.count(organizationId),
    context.records.countIndex({ organizationId, index: 'configured' }),
    context.records.countIndex({ organizationId, index: 'not-configured' }),
  ]);
  const indexed = configured + notConfigured;
  // Where the index does not know most people yet, the beginning of the host's table says more.
  if ((listed ?? indexed) <= EVERYBODY || indexed < (listed ?? 0) / 2) {
    const { members, complete } = await readTable(context, organizationId, ground);
    const all = complete ? members.length : Math.max(listed ?? indexed, members.length);
    const weight = members.length === 0 ? 1 : all / members.length;
    return { basis: complete ? 'all' : 'sample', members: all, strata: [{ members, weight }] };
  }
  const strata = await Promise.all([
    sampleIndex(context, { organizationId, index: 'configured', size: configured, ground }),
    sampleIndex(context, { organizationId, index: 'not-configured', size: notConfigured, ground }),
  ]);
  return { basis: 'sample', members: listed ?? indexed, strata };
}

async function readTable(
  context: FlowContext,
  organizationId: string,
  ground: Ground,
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
    members.push(...(await readMembers(context, { organizationId, accounts: page.accounts, ground })));
    cursor = page.nextCursor;
  } while (cursor !== undefined && members.length < EVERYBODY);
  return { members, complete: cursor === undefined };
}

async function sampleIndex(
  context: FlowContext,
  asked: {
    readonly organizationId: string;
    readonly index: MemberIndex;
    readonly size: number;
    readonly ground: Ground;
  },
): Promise<{ readonly members: readonly KnownMember[]; readonly weight: number }> {
  const { organizationId, index, size, ground } = asked;
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
  const members = await readMembers(context, { organizationId, accounts: [...found.values()], ground });
  return { members, weight: members.length === 0 ? 0 : size / members.length };
}
