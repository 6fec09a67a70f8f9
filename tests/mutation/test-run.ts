import { expect } from 'expect';

// As much of Jest as the unit tests use, in a process that stays: a run takes milliseconds, where Jest takes seconds.

type Act = (...row: readonly unknown[]) => unknown;

interface Block {
  readonly name: string;
  readonly before: (Act & { done?: true })[];
}

interface Test {
  readonly name: string;
  readonly blocks: readonly Block[];
  readonly act: () => unknown;
}

export interface TestRun {
  readonly ran: number;
  /** The first test that failed: the others are left out. */
  readonly failed?: string;
}

/** A name that Jest knows and this does not is not there, so that a test which needs it fails without any change too. */
export function openTestRun(): { readonly run: (loadTests: () => boolean) => Promise<TestRun> } {
  let tests: Test[] = [];
  let blocks: readonly Block[] = [];

  function describe(name: string, body: Act, row: readonly unknown[] = []): void {
    const around = blocks;
    blocks = [...around, { name, before: [] }];
    body(...row);
    blocks = around;
  }
  function it(name: string, act: Act, row: readonly unknown[] = []): void {
    tests.push({ name, blocks, act: () => act(...row) });
  }
  const each =
    (add: (name: string, act: Act, row: readonly unknown[]) => void) =>
    (table: readonly unknown[]) =>
    (name: string, act: Act) => {
      const areLists = table.every((row) => Array.isArray(row));
      for (const row of table) add(name, act, areLists ? (row as unknown[]) : [row]);
    };
  Object.assign(globalThis, {
    expect,
    describe: Object.assign(describe, { each: each(describe) }),
    it: Object.assign(it, { each: each(it) }),
    beforeAll: (act: Act) => blocks.at(-1)?.before.push(act),
  });

  async function runTest({ blocks: around, act }: Test): Promise<void> {
    for (const before of around.flatMap((block) => block.before)) {
      if (before.done) continue;
      before.done = true;
      // One after the other, as in the file.
      // oxlint-disable-next-line no-await-in-loop
      await before();
    }
    await act();
  }

  return {
    async run(loadTests) {
      tests = [];
      if (!loadTests()) return { ran: 0 };
      for (const [at, test] of tests.entries()) {
        const name = [...test.blocks.map((block) => block.name), test.name].join(' ');
        try {
          // oxlint-disable-next-line no-await-in-loop
          await runTest(test);
        } catch {
          return { ran: at + 1, failed: name };
        }
      }
      return { ran: tests.length };
    },
  };
}
