export type JobKind =
  'forget-devices' | 'roster-walk' | 'bulk-remind' | 'bulk-assign' | 'bulk-exempt' | 'bulk-end-sessions';

/** Work on every member of an organization, in steps that are each safe to do twice. */
export interface BackgroundJob {
  readonly kind: JobKind;
  readonly organizationId: string;
  readonly id: string;
  /** Steps done. */
  readonly step: number;
  /** Where the next step begins; null for the beginning. */
  readonly cursor: string | null;
  /** Members looked at, of how many where that is known. */
  readonly done: number;
  readonly of: number | null;
  /** Members changed, and how many authenticators they lost. */
  readonly people: number;
  readonly devices: number;
  readonly startedAt: number;
  readonly startedBy: string | null;
  /** What the job is to do, as text that only its work reads. Null for work that needs none, and once the job has ended. */
  readonly plan: string | null;
  /** Why the job ended early, or null. */
  readonly stopped: string | null;
  readonly finishedAt: number | null;
}

/** Where jobs keep what they have done, so that another process can go on. */
export interface JobRecords {
  /**
   * Begins the job unless another of its kind is unfinished, or the newest of its kind has the same id. Atomic. Answers with the job
   * that stands.
   */
  beginJob(job: BackgroundJob): Promise<BackgroundJob>;
  /**
   * Stores the job after its next step. Atomic: false, and nothing is stored, unless the stored job has the same id and
   * exactly one step less. Of several processes at work on one job, one goes on.
   */
  advanceJob(job: BackgroundJob): Promise<boolean>;
  /** The newest of its kind, finished or not. */
  findJob(organizationId: string, kind: JobKind): Promise<BackgroundJob | undefined>;
  /** Of every organization. */
  listUnfinishedJobs(): Promise<readonly { readonly organizationId: string; readonly kind: JobKind }[]>;
  /** Drops the jobs of an organization from the queue; its own document goes otherwise. */
  dropJobsOf(organizationId: string): Promise<void>;
}
