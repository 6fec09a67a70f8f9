/** The assertions that the suites use. */
export interface Checked {
  toBe(expected: unknown): void;
  toBeDefined(): void;
  toBeGreaterThan(bound: number): void;
  toBeLessThan(bound: number): void;
  toBeLessThanOrEqual(bound: number): void;
  toBeNull(): void;
  toBeUndefined(): void;
  toContain(item: unknown): void;
  toEqual(expected: unknown): void;
  toHaveLength(length: number): void;
  toHaveProperty(name: string): void;
  toMatchObject(expected: object): void;
}

/**
 * The functions of a test framework. You can pass those of Jest and Vitest directly. With `node:test`, take `expect` from the
 * package of that name.
 */
export interface TestFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, test: () => Promise<void>) => unknown;
  readonly beforeEach: (prepare: () => Promise<void>) => unknown;
  readonly expect: (value: unknown) => Checked & { readonly not: Checked };
}
