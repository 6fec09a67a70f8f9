import { expect } from 'expect';

// As much of Jest as the tests use, in a process that stays: a run takes milliseconds, where Jest takes seconds.

type Act = (...row: readonly unknown[]) => unknown;
type Hook = 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach';

interface Block extends Readonly<Record<Hook, Act[]>> {
  readonly name: string;
}

interface Test {
  readonly name: string;
  /** From the whole file to the innermost. */
  readonly blocks: readonly Block[];
  readonly act: () => unknown;
}

export interface TestRun {
  readonly ran: number;
  /** The first test that failed: the others are left out. */
  readonly failed?: string;
}

function newBlock(name: string): Block {
  return { name, beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] };
}

async function inTurn(acts: readonly Act[]): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  for (const act of acts) await act();
}

/** A name that Jest knows and this does not is not there, so that a test which needs it fails without any change too. */
export function openTestRun(): { readonly run: (loadTests: () => boolean) => Promise<TestRun> } {
  let tests: Test[] = [];
  let blocks: readonly Block[] = [];

  const innermost = () => blocks.at(-1) ?? newBlock('nowhere');
  function describe(name: string, body: Act, row: readonly unknown[]): void {
    const around = blocks;
    blocks = [...around, newBlock(name)];
    body(...row);
    blocks = around;
  }
  function it(name: string, act: Act, row: readonly unknown[]): void {
    tests.push({ name, blocks, act: () => act(...row) });
  }
  const global = (add: typeof it) => {
    const each = (table: readonly unknown[]) => (name: string, act: Act) => {
      const areLists = table.every((row) => Array.isArray(row));
      for (const row of table) add(name, act, areLists ? (row as unknown[]) : [row]);
    };
    return Object.assign((name: string, act: Act) => add(name, act, []), { each });
  };
  const hook = (name: Hook) => (act: Act) => void innermost()[name].push(act);
  Object.assign(globalThis, {
    expect,
    describe: global(describe),
    it: global(it),
    beforeAll: hook('beforeAll'),
    afterAll: hook('afterAll'),
    beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'),
  });

  async function runTest({ blocks: around, act }: Test): Promise<void> {
    try {
      await inTurn(around.flatMap(({ beforeEach }) => beforeEach));
      await act();
    } finally {
      await inTurn(around.toReversed().flatMap(({ afterEach }) => afterEach));
    }
  }

  async function runAll(open: Set<Block>): Promise<TestRun> {
    for (const [at, test] of tests.entries()) {
      const name = [...test.blocks.map((block) => block.name), test.name].join(' ').trim();
      try {
        for (const block of test.blocks.filter((one) => !open.has(one))) {
          open.add(block);
          // oxlint-disable-next-line no-await-in-loop
          await inTurn(block.beforeAll);
        }
        // oxlint-disable-next-line no-await-in-loop
        await runTest(test);
      } catch (error) {
        return { ran: at + 1, failed: `${name}: ${String(error).split('\n', 1).join()}` };
      }
      const next = tests[at + 1]?.blocks ?? [];
      // oxlint-disable-next-line no-await-in-loop
      await close(open, (block) => !next.includes(block));
    }
    return { ran: tests.length };
  }

  async function close(open: Set<Block>, isOver: (block: Block) => boolean): Promise<void> {
    const over = [...open].filter(isOver).toReversed();
    for (const block of over) open.delete(block);
    await inTurn(over.flatMap(({ afterAll }) => afterAll));
  }

  return {
    async run(loadTests) {
      tests = [];
      blocks = [newBlock('')];
      if (!loadTests()) return { ran: 0 };
      const open = new Set<Block>();
      const run = await runAll(open);
      await close(open, () => true);
      return run;
    },
  };
}
