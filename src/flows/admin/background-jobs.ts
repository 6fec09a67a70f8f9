import { setImmediate } from 'node:timers/promises';
import type { BackgroundJob, JobKind } from '../../records/background-jobs';
import { newId, type FlowContext } from '../context/context';

/** What one step did: where the next begins, and the counts so far. */
export type StepDone = Pick<BackgroundJob, 'done' | 'people' | 'devices'> & {
  /** Null where nothing is left. */
  readonly cursor: string | null;
  readonly finished: boolean;
};

/** One step of a kind of job. It may run twice, in two processes even, with the same result. */
export interface JobWork {
  readonly kind: JobKind;
  step(context: FlowContext, job: BackgroundJob): Promise<StepDone>;
  finish?(context: FlowContext, job: BackgroundJob): void;
  /** Tries again by itself after a failure; otherwise the next who looks takes it up. */
  readonly retrySeconds?: number;
}

/** Begins the job, or takes up the one that is under way. The caller does not wait for it. */
export async function beginJob(
  context: FlowContext,
  work: JobWork,
  begun: { readonly organizationId: string; readonly of: number | null; readonly startedBy: string | null },
): Promise<BackgroundJob> {
  const phase = await context.records.beginJob({
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
  takeUpJob(context, work, begun.organizationId);
  return phase;
}

export const JOB_NAMES = 'job:';

/** Goes on with an unfinished job where it was left. */
export function takeUpJob(context: FlowContext, work: JobWork, organizationId: string): void {
  context.background.run(`${JOB_NAMES}${work.kind}:${organizationId}`, async () => {
    try {
      await goOn(context, work, organizationId);
    } catch (error) {
      const { retrySeconds } = work;
      if (retrySeconds !== undefined) {
        setTimeout(() => takeUpJob(context, work, organizationId), retrySeconds * 1000).unref();
      }
      throw error;
    }
  });
}

async function goOn(context: FlowContext, work: JobWork, organizationId: string): Promise<void> {
  let job = await context.records.findJob(organizationId, work.kind);
  while (job !== undefined && job.finishedAt === null) {
    // One step after the other, and requests in between.
    // oxlint-disable-next-line no-await-in-loop
    const { finished, ...done } = await work.step(context, job);
    const next: BackgroundJob = {
      ...job,
      ...done,
      step: job.step + 1,
      finishedAt: finished ? context.clock.now() : null,
    };
    // Another process that did this step first goes on alone.
    // oxlint-disable-next-line no-await-in-loop
    if (!(await context.records.advanceJob(next))) return;
    if (finished) work.finish?.(context, next);
    if (context.background.isStopping) return;
    job = next;
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
  }
}
