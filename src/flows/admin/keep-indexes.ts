import type { FlowContext } from '../context/context';
import { createDailyCounter } from './adoption';
import { resumeJob, type JobWork } from './background-jobs';
import { BULK_WORKS } from './bulk-act';
import { FORGET_DEVICES } from './disable';
import { CHANGES } from './member-index';
import { indexKnownMembers, readMembers, readPolicyContext } from './read-members';
import { ROSTER_WALK } from './roster-walk';

/**
 * Updates the indexes of the administrators' pages in the background when events are reported. Updates that are lost, because a
 * process ended or two wrote at once, are repaired by the roster walk and by every read of an index.
 */
export function keepMembersIndexed(context: FlowContext): void {
  const countDay = createDailyCounter(context);
  context.events.on('event', ({ name, userId, details }) => {
    const seenFirst = details['firstLogin'] === true;
    if (userId === undefined || (!CHANGES.has(name) && !seenFirst)) return;
    context.background.run(`index:${userId}`, async () => {
      const organizationId = await indexMember(context, userId);
      if (organizationId !== null) await countDay(organizationId);
    });
  });
}

/** Updates one member in the indexes of their organization, and returns its id; null for unknown users. */
export async function indexMember(context: FlowContext, userId: string): Promise<string | null> {
  const known = await context.directory.find(userId);
  if (known === undefined) return null;
  const { organizationId } = known.account;
  const policyContext = readPolicyContext(context, organizationId);
  const members = await readMembers(context, { organizationId, accounts: [known.account], policyContext });
  await indexKnownMembers(context, organizationId, members);
  return organizationId;
}

const WORKS: readonly JobWork[] = [FORGET_DEVICES, ROSTER_WALK, ...BULK_WORKS];

/** Continues, in the background, the jobs that an earlier process left unfinished. */
export function resumeJobs(context: FlowContext): void {
  context.background.run('resume-jobs', async () => {
    for (const { kind, organizationId } of await context.records.listUnfinishedJobs()) {
      const work = WORKS.find((known) => known.kind === kind);
      if (work !== undefined) resumeJob(context, work, organizationId);
    }
  });
}
