import { setImmediate } from 'node:timers/promises';
import type { BackgroundJob, JobKind } from '../../records/background-jobs';
import { newId, type FlowContext } from '../context/context';

/** The result of one step: where the next begins, and the counts so far. */
export type StepResult = Pick<BackgroundJob, 'done' | 'people' | 'devices'> & {
  /** Null after the last step. */
  readonly cursor: string | null;
  readonly finished: boolean;
};

/** A kind of job. Running a step twice, even in two processes, has the same result. */
export interface JobWork {
  readonly kind: JobKind;
  step(context: FlowContext, job: BackgroundJob): Promise<StepResult>;
  finish?(context: FlowContext, job: BackgroundJob): void;
  /** Retries by itself after a failure. Without it, the next reader of its progress resumes the job. */
  readonly retrySeconds?: number;
}

/** Starts the job, or resumes the one that is running. The caller does not wait for it. */
export async function beginJob(
  context: FlowContext,
  work: JobWork,
  begun: { readonly organizationId: string; readonly of: number | null; readonly startedBy: string | null },
): Promise<BackgroundJob> {
  const job = await context.records.beginJob({
    kind: work.kind,
    id: newId(),
    step: 0,
    cursor: null,
    done: 0,
    people: 0,
    devices: 0,
    startedAt: context.clock.now(),
    finishedAt: null,
    ...begun,
  });
  resumeJob(context, work, begun.organizationId);
  return job;
}

export const JOB_PREFIX = 'job:';

/** Continues an unfinished job in the background. */
export function resumeJob(context: FlowContext, work: JobWork, organizationId: string): void {
  context.background.run(`${JOB_PREFIX}${work.kind}:${organizationId}`, async () => {
    try {
      await runJob(context, work, organizationId);
    } catch (error) {
      const { retrySeconds } = work;
      if (retrySeconds !== undefined) {
        setTimeout(() => resumeJob(context, work, organizationId), retrySeconds * 1000).unref();
      }
      throw error;
    }
  });
}

async function runJob(context: FlowContext, work: JobWork, organizationId: string): Promise<void> {
  let job = await context.records.findJob(organizationId, work.kind);
  while (job !== undefined && job.finishedAt === null) {
    // One step at a time, so that requests are answered in between.
    // oxlint-disable-next-line no-await-in-loop
    const { finished, ...done } = await work.step(context, job);
    const next: BackgroundJob = {
      ...job,
      ...done,
      step: job.step + 1,
      finishedAt: finished ? context.clock.now() : null,
    };
    // If another process did this step first, it continues the job.
    // oxlint-disable-next-line no-await-in-loop
    if (!(await context.records.advanceJob(next))) return;
    if (finished) work.finish?.(context, next);
    if (context.background.isStopping) return;
    job = next;
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
  }
}
