import { setImmediate } from 'node:timers/promises';
import type { BackgroundJob, JobKind } from '../../records/background-jobs';
import { newId, type FlowContext } from '../context/context';

export type StepResult = Pick<BackgroundJob, 'done' | 'people' | 'devices'> & {
  readonly stopped?: string;
  /** Null after the last step. */
  readonly cursor: string | null;
  readonly finished: boolean;
};

/** A kind of job. Running a step twice, even in two processes, has the same result. */
export interface JobWork {
  readonly kind: JobKind;
  /** Claims the next step for this process. False if another process is running it, or it cannot run here. */
  claim?(context: FlowContext, job: BackgroundJob): Promise<boolean>;
  step(context: FlowContext, job: BackgroundJob): Promise<StepResult>;
  finish?(context: FlowContext, job: BackgroundJob): void;
  /** Retries by itself after a failure. Without it, the next reader of its progress resumes the job. */
  readonly retrySeconds?: number;
}

export async function beginJob(
  context: FlowContext,
  work: JobWork,
  begun: Pick<BackgroundJob, 'organizationId' | 'of' | 'startedBy'> &
    Partial<Pick<BackgroundJob, 'id' | 'plan'>>,
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
    plan: null,
    stopped: null,
    finishedAt: null,
    ...begun,
  });
  resumeJob(context, work, begun.organizationId);
  return job;
}

export const JOB_PREFIX = 'job:';

/** Resolves when this process no longer works on the job. */
export function jobIdle(context: FlowContext, work: JobWork, organizationId: string): Promise<void> {
  return context.background.idle(nameOf(work, organizationId));
}

const nameOf = ({ kind }: JobWork, organizationId: string) => `${JOB_PREFIX}${kind}:${organizationId}`;

export function resumeJob(context: FlowContext, work: JobWork, organizationId: string): void {
  const name = nameOf(work, organizationId);
  const { retrySeconds } = work;
  const run = async () => {
    let isEnded = false;
    try {
      isEnded = await runJob(context, work, organizationId);
    } finally {
      if (!isEnded && retrySeconds !== undefined) context.background.runLater(name, run, retrySeconds);
    }
  };
  context.background.run(name, run);
}

/** False if this process must check the job again later, because another process claimed the next step and might fail. */
async function runJob(context: FlowContext, work: JobWork, organizationId: string): Promise<boolean> {
  let job = await context.records.findJob(organizationId, work.kind);
  while (job !== undefined && job.finishedAt === null) {
    // oxlint-disable-next-line no-await-in-loop
    if (work.claim !== undefined && !(await work.claim(context, job))) return false;
    // One step at a time, so that requests are answered in between.
    // oxlint-disable-next-line no-await-in-loop
    const { finished, ...done } = await work.step(context, job);
    const next: BackgroundJob = {
      ...job,
      ...done,
      step: job.step + 1,
      plan: finished ? null : job.plan,
      finishedAt: finished ? context.clock.now() : null,
    };
    // If another process did this step first, it continues the job.
    // oxlint-disable-next-line no-await-in-loop
    if (!(await context.records.advanceJob(next))) return true;
    if (finished) work.finish?.(context, next);
    if (context.background.isStopping) return true;
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
    // Read again, because the job may have been erased in between.
    // oxlint-disable-next-line no-await-in-loop
    job = await context.records.findJob(organizationId, work.kind);
  }
  return true;
}
