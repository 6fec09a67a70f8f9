import type { Job } from './bench';

/** One change to a source, and the tests that must notice it, the likeliest first. */
export interface Trial extends Job {
  readonly name: string;
  readonly line: number;
  /** The function that the change stands in. */
  readonly within: string;
  readonly from: string;
  readonly to: string;
}

/** A change that no test can tell from the original. */
export interface Accepted {
  readonly file: string;
  /** A piece of the changed line, or the function it stands in: tells the change from the same change elsewhere in the file. */
  readonly line?: string;
  readonly within?: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}
