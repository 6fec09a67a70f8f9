/** A guard outside core/, what stands there when it is taken out, and the tests that must notice. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly string[];
}

export const GUARDS: readonly Guard[] = [];
