import type { FlowContext } from '../context/context';
import { createDayKeeper } from './adoption';
import { takeUpJob, type JobWork } from './background-jobs';
import { FORGET_DEVICES } from './disable';
import { CHANGES } from './member-counts';
import { indexKnownMembers, readMembers, readPolicyContext } from './read-members';
import { ROSTER_WALK } from './roster-walk';

/**
 * Keeps the indexes of the administrators' pages in step with what is reported, apart from the requests that report it. What is
 * missed, since a process ended or two wrote at once, the roster walk and every reader of an index put right.
 */
export function keepMembersIndexed(context: FlowContext): void {
  const keepDay = createDayKeeper(context);
  context.events.on('event', ({ name, userId, details }) => {
    const seenFirst = details['firstLogin'] === true;
    if (userId === undefined || (!CHANGES.has(name) && !seenFirst)) return;
    context.background.run(`index:${userId}`, async () => {
      const organizationId = await indexMember(context, userId);
      if (organizationId !== null) await keepDay(organizationId);
    });
  });
}

/** Writes one member into the indexes of the organization that the directory names, and returns it; null for a stranger. */
export async function indexMember(context: FlowContext, userId: string): Promise<string | null> {
  const known = await context.directory.find(userId);
  if (known === undefined) return null;
  const { organizationId } = known.account;
  const policyContext = readPolicyContext(context, organizationId);
  const members = await readMembers(context, { organizationId, accounts: [known.account], policyContext });
  await indexKnownMembers(context, organizationId, members);
  return organizationId;
}

const WORKS: readonly JobWork[] = [FORGET_DEVICES, ROSTER_WALK];

/** Takes up, in the background, what an earlier process began and did not finish. */
export function resumeJobs(context: FlowContext): void {
  context.background.run('resume-jobs', async () => {
    for (const { kind, organizationId } of await context.records.listUnfinishedJobs()) {
      const work = WORKS.find((known) => known.kind === kind);
      if (work !== undefined) takeUpJob(context, work, organizationId);
    }
  });
}
