import type { FlowContext } from '../context/context';
import { takeUpJob, type JobWork } from './background-jobs';
import { FORGET_DEVICES } from './disable';
import { ROSTER_WALK } from './roster-walk';

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
