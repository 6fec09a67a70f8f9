export type JobKind =
  'forget-devices' | 'roster-walk' | 'bulk-remind' | 'bulk-assign' | 'bulk-exempt' | 'bulk-end-sessions';

/** Work on every member of an organization, in steps. Running a step twice must have the same result. */
export interface BackgroundJob {
  readonly kind: JobKind;
  readonly organizationId: string;
  readonly id: string;
  readonly step: number;
  /** Where the next step starts; null for the beginning. */
  readonly cursor: string | null;
  /** Members processed so far, and the total if it is known. */
  readonly done: number;
  readonly of: number | null;
  /** Members that were changed, and the number of authenticators they lost. */
  readonly people: number;
  readonly devices: number;
  readonly startedAt: number;
  readonly startedBy: string | null;
  /** What the job must do, as text that only its code reads. Null if it needs none, and after the job has ended. */
  readonly plan: string | null;
  readonly stopped: string | null;
  readonly finishedAt: number | null;
}

/** Stores the progress of jobs, so that another process can continue them. */
export interface JobRecords {
  /** Starts the job unless another of its kind is unfinished or the newest has the same id. Atomic. Returns the current job. */
  beginJob(job: BackgroundJob): Promise<BackgroundJob>;
  /** Atomic: false unless the stored job has the same id and one step less, so that only one of several processes continues. */
  advanceJob(job: BackgroundJob): Promise<boolean>;
  findJob(organizationId: string, kind: JobKind): Promise<BackgroundJob | undefined>;
  listUnfinishedJobs(): Promise<readonly { readonly organizationId: string; readonly kind: JobKind }[]>;
  /** Removes the jobs of an organization from the queue. Its jobs document is removed separately. */
  dropJobsOf(organizationId: string): Promise<void>;
}
