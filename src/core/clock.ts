/** The time, as the package is told it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds. Default: a timer. For tests, which need not wait. */
  sleep?(milliseconds: number): Promise<void>;
}
