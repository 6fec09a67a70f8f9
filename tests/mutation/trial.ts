import type { Job } from './bench';

/** One change to a source, and the tests that must notice it. */
export interface Trial extends Job {
  readonly name: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** A change that no test can tell from the original. */
export interface Accepted {
  readonly file: string;
  /** What stands in the line of the change, so that the same change elsewhere in the file is none of it. */
  readonly line: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}
