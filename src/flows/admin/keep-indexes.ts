import type { FlowContext } from '../context/context';
import { createDailyCounter } from './adoption';
import { resumeJob, type JobWork } from './background-jobs';
import { BULK_WORKS } from './bulk-act';
import { FORGET_DEVICES } from './disable';
import { CHANGES } from './member-index';
import { indexKnownMembers, readMembers, readPolicyContext } from './read-members';
import { ROSTER_WALK } from './roster-walk';

/** Updates can get lost when a process ends or two write at once: the roster walk and every read of an index repair them. */
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

export function resumeJobs(context: FlowContext): void {
  context.background.run('resume-jobs', async () => {
    for (const { kind, organizationId } of await context.records.listUnfinishedJobs()) {
      const work = WORKS.find((known) => known.kind === kind);
      if (work !== undefined) resumeJob(context, work, organizationId);
    }
  });
}
