/** Mutants that no test can tell from the original, and why that is so. */
export const ACCEPTED: readonly {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}[] = [];
