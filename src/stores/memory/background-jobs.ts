import type { BackgroundJob, JobStore } from '../background-jobs';

function keyOf({ organizationId, kind }: Pick<BackgroundJob, 'organizationId' | 'kind'>): string {
  return JSON.stringify([kind, organizationId]);
}

export function jobsIn(jobs: Map<string, BackgroundJob>): JobStore {
  return {
    async beginJob(job) {
      const standing = jobs.get(keyOf(job));
      if (standing !== undefined && standing.finishedAt === null) return standing;
      jobs.set(keyOf(job), { ...job });
      return job;
    },
    async advanceJob(job) {
      const stored = jobs.get(keyOf(job));
      if (stored?.id !== job.id || stored.step !== job.step - 1) return false;
      jobs.set(keyOf(job), { ...job });
      return true;
    },
    async findJob(organizationId, kind) {
      return jobs.get(keyOf({ organizationId, kind }));
    },
    async listUnfinishedJobs() {
      return [...jobs.values()]
        .filter(({ finishedAt }) => finishedAt === null)
        .map(({ organizationId, kind }) => ({ organizationId, kind }));
    },
  };
}
