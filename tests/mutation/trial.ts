import type { Job } from './bench';

/** One change to a source, and the tests that must notice it. */
export interface Trial extends Job {
  readonly name: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}
