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

/** A name, what stands in the file, and what stands there when the guard is taken out. */
export type Row = readonly [name: string, from: string, to: string];

/** The guards of one file that the same tests must notice. */
export function guardsOf(
  room: string,
  { file, tests, rows }: Pick<Guard, 'file' | 'tests'> & { readonly rows: readonly Row[] },
): readonly Guard[] {
  return rows.map(([name, from, to]) => ({ name: `${room}: ${name}`, file, from, to, tests }));
}
