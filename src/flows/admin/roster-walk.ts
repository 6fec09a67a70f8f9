import * as z from 'zod';
import { isRecent } from '../../core/clock';
import type { BackgroundJob } from '../../records/background-jobs';
import type { IndexEntry } from '../../stores/record-store';
import type { FlowContext } from '../context/context';
import { beginJob, resumeJob, type JobWork, type StepResult } from './background-jobs';
import { NO_MARKS, indexKnownMembers, readMembers, readPolicyContext } from './read-members';

const MEMBERS_A_STEP = 500;
const DAY_SECONDS = 86_400;
/** After its table has grown or shrunk, one up to this size is walked again after a minute, a larger one after an hour. */
const SMALL = 10_000;

/** First a cursor of the host's table, then an entry of an index, to find people who are no longer in the table. */
const position = z.union([
  z.object({ in: z.literal('directory'), cursor: z.string().nullable() }),
  z.object({
    in: z.enum(['configured', 'not-configured']),
    after: z.object({ userId: z.string(), mark: z.number() }).nullable(),
  }),
]);
type Position = z.infer<typeof position>;

/** Adds every member to the indexes, even if they never signed in, and removes people who have left. */
export const ROSTER_WALK: JobWork = {
  kind: 'roster-walk',
  async step(context, job) {
    const at = readPosition(job.cursor);
    return at.in === 'directory' ? walkDirectory(context, job, at.cursor) : sweep(context, job, at);
  },
};

function readPosition(cursor: string | null): Position {
  return cursor === null ? { in: 'directory', cursor: null } : position.parse(JSON.parse(cursor));
}

async function walkDirectory(
  context: FlowContext,
  job: BackgroundJob,
  cursor: string | null,
): Promise<StepResult> {
  const { organizationId } = job;
  const page = await context.directory.list({
    organizationId,
    limit: MEMBERS_A_STEP,
    ...(cursor === null ? {} : { cursor }),
  });
  const policyContext = readPolicyContext(context, organizationId);
  const members = await readMembers(context, { organizationId, accounts: page.accounts, policyContext });
  await indexKnownMembers(context, organizationId, members);
  const next: Position =
    page.nextCursor === undefined
      ? { in: 'configured', after: null }
      : { in: 'directory', cursor: page.nextCursor };
  return moveTo(job, next, members.length);
}

async function sweep(
  context: FlowContext,
  job: BackgroundJob,
  at: Position & { readonly in: 'configured' | 'not-configured' },
): Promise<StepResult> {
  const { organizationId } = job;
  const entries = await context.records.listIndex({
    organizationId,
    index: at.in,
    limit: MEMBERS_A_STEP,
    ...(at.after === null ? {} : { after: at.after }),
  });
  await removeNonMembers(context, organizationId, entries);
  const last = entries.at(-1);
  if (last !== undefined && entries.length === MEMBERS_A_STEP) {
    return moveTo(job, { in: at.in, after: last }, 0);
  }
  if (at.in === 'configured') return moveTo(job, { in: 'not-configured', after: null }, 0);
  return { ...moveTo(job, at, 0), cursor: null, finished: true };
}

function moveTo(job: BackgroundJob, next: Position, members: number): StepResult {
  const { done, people, devices } = job;
  return { cursor: JSON.stringify(next), done: done + members, people, devices, finished: false };
}

async function removeNonMembers(
  context: FlowContext,
  organizationId: string,
  entries: readonly IndexEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const accounts = await context.directory.findMany(entries.map(({ userId }) => userId));
  const others = entries.filter(({ userId }) => accounts.get(userId)?.organizationId !== organizationId);
  await context.records.saveMemberMarks(
    organizationId,
    others.map(({ userId }) => ({ userId, marks: NO_MARKS })),
  );
}

/** If there was no walk, the last is a day old, or the host's table has grown or shrunk. Safe to call on every page view. */
export function walkRosterWhenStale(
  context: FlowContext,
  seen: {
    readonly organizationId: string;
    readonly walk: BackgroundJob | undefined;
    readonly indexed: number;
    readonly listed: number | undefined;
  },
): void {
  const { organizationId, walk, indexed, listed } = seen;
  if (walk?.finishedAt === null) {
    resumeJob(context, ROSTER_WALK, organizationId);
    return;
  }
  const isYounger = (seconds: number) =>
    walk !== undefined && isRecent(walk.finishedAt ?? 0, seconds, context.clock.now());
  const differs = listed !== undefined && walk?.of !== listed;
  if (isYounger(DAY_SECONDS) && (!differs || isYounger(indexed > SMALL ? 3600 : 60))) return;
  context.background.run(`begin-walk:${organizationId}`, async () => {
    await beginJob(context, ROSTER_WALK, { organizationId, of: listed ?? null, startedBy: null });
  });
}
