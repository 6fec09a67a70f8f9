/** A guard outside core/, what stands there when it is taken out, and the tests that must notice. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly string[];
}

export const threats = (...names: readonly string[]) =>
  names.map((name) => `tests/integration/threats/${name}.test.ts`);
export const mainJob = (...names: readonly string[]) =>
  names.map((name) => `tests/integration/main-job/${name}.test.ts`);
export const redisStores = ['tests/contract/redis-stores.test.ts'];
