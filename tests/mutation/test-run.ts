import { expect } from 'expect';
import { mock } from 'node:test';

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

export interface RunOptions {
  /** The tests to run, counted from 0 in the order of the file; all of them otherwise. */
  readonly only?: readonly number[] | undefined;
  /** Called after each test. */
  readonly onEnd?: ((at: number) => void) | undefined;
  /** Called when the hooks in front of a test have run. */
  readonly onSetUp?: (() => void) | undefined;
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

/** The part of Jest’s clock that the tests use. */
const clock = {
  useFakeTimers() {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'], now: Date.now() });
    mock.method(performance, 'now', () => Date.now());
  },
  useRealTimers() {
    mock.timers.reset();
    mock.restoreAll();
  },
  setSystemTime: (now: Date | number) => mock.timers.setTime(Number(now)),
  advanceTimersByTime: (ms: number) => mock.timers.tick(ms),
  async advanceTimersByTimeAsync(ms: number) {
    await settle();
    mock.timers.tick(ms);
    await settle();
  },
};

async function settle(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A name that Jest knows and this does not is not there, so that a test which needs it fails without any change too. */
export function openTestRun(): {
  readonly run: (loadTests: () => boolean, options?: RunOptions) => Promise<TestRun>;
} {
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
    jest: clock,
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

  async function runAll(open: Set<Block>, { only, onEnd, onSetUp }: RunOptions): Promise<TestRun> {
    const wanted = [...tests.entries()].filter(([at]) => only?.includes(at) ?? true);
    for (const [turn, [at, test]] of wanted.entries()) {
      const name = [...test.blocks.map((block) => block.name), test.name].join(' ').trim();
      try {
        for (const block of test.blocks.filter((one) => !open.has(one))) {
          open.add(block);
          // oxlint-disable-next-line no-await-in-loop
          await inTurn(block.beforeAll);
        }
        onSetUp?.();
        // oxlint-disable-next-line no-await-in-loop
        await runTest(test);
        onEnd?.(at);
      } catch (error) {
        return { ran: turn + 1, failed: `${name}: ${String(error).split('\n', 1).join()}` };
      }
      const next = wanted[turn + 1]?.[1].blocks ?? [];
      // oxlint-disable-next-line no-await-in-loop
      await close(open, (block) => !next.includes(block));
    }
    return { ran: wanted.length };
  }

  async function close(open: Set<Block>, isOver: (block: Block) => boolean): Promise<void> {
    const over = [...open].filter(isOver).toReversed();
    for (const block of over) open.delete(block);
    await inTurn(over.flatMap(({ afterAll }) => afterAll));
  }

  return {
    async run(loadTests, options = {}) {
      tests = [];
      blocks = [newBlock('')];
      if (!loadTests()) return { ran: 0 };
      const open = new Set<Block>();
      const run = await runAll(open, options);
      await close(open, () => true);
      return run;
    },
  };
}
