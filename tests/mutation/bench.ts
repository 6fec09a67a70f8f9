import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startSharedPostgres, stopSharedPostgres } from '../support/shared-postgres';
import { startSharedRedis, stopSharedRedis } from '../support/shared-redis';

export const ROOT = join(__dirname, '..', '..');
const COPIED = [
  'src',
  'tests',
  'views',
  'example-app',
  'jest.config.ts',
  'tsconfig.json',
  'package.json',
  'api-report.txt',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs',
];

/** Far longer than any of the tests takes: what does not end is caught too, and named apart. */
const LONGEST_MS = 600_000;
/** Every load of the sources leaves something behind in the process. */
const TRIES_PER_PROCESS = 150;

export interface Job {
  readonly file: string;
  readonly original: string;
  /** The source with the change. */
  readonly text: string;
  /**
   * The source with all its changes in it and which one of them runs, so that a load serves all of them. Otherwise everything
   * is loaded for this change alone.
   */
  readonly switched?: { readonly text: string; readonly nth: number };
  readonly tests: readonly string[];
  /** Of a file of tests, only those at these positions. */
  readonly cases?: Readonly<Record<string, readonly number[]>>;
  /** How long a file of tests takes with these cases, where that is known. */
  readonly ms?: Readonly<Record<string, number>>;
  /** Runs sources that say which places they run through. */
  readonly probes?: true;
}

/** What one file of tests ran through. */
export interface SeenByTest {
  readonly setupMs: number;
  readonly caseMs: readonly number[];
  /** For each place, the tests in which it came to something true and to something false; -1 is the setup of the file. */
  readonly places: Readonly<
    Record<string, readonly [whenTrue: readonly number[], whenFalse: readonly number[]]>
  >;
}

export interface Verdict {
  /**
   * `broken`: no test failed, but the run did not end well either, which says nothing about the change. `ended`: the
   * process of the tests ended, and a second one too. `undecided`: there was no time to ask all tests.
   */
  readonly is:
    'killed' | 'survived' | 'undecided' | 'nothing-ran' | 'broken' | 'timed-out' | 'ended' | 'not-tried';
  /** The tests that failed, or what broke. */
  readonly because: string;
  /** The file of the test that noticed it. */
  readonly by?: string;
  /** What the tests ran through, where that was asked. */
  readonly seen?: SeenByTest;
}

export interface Workbench {
  tryOut(job: Job): Promise<Verdict>;
  /** The next one is tried in a new process. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

function start(worker: string, folder: string): ChildProcess {
  return fork(join(__dirname, worker), {
    cwd: folder,
    execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function patienceFor({ tests, ms }: Job): number {
  return ms === undefined ? LONGEST_MS : 60_000 + 8 * tests.reduce((sum, test) => sum + (ms[test] ?? 0), 0);
}

async function ask(child: ChildProcess, job: Job): Promise<Verdict> {
  let said = '';
  const listen = (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000));
  child.stderr?.on('data', listen);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve({ is: 'timed-out', because: 'It did not end.' }), patienceFor(job));
  });
  const listening = new AbortController();
  const { signal } = listening;
  const answer = once(child, 'message', { signal }).then(([verdict]) => verdict as Verdict);
  const ended = once(child, 'exit', { signal }).then(([code]): Verdict => ({
    is: 'ended',
    because: `The process ended with ${String(code)}: ${said}`,
  }));
  // Whether it arrived is seen by whether the process lives.
  child.send(job, () => undefined);
  const verdict = await Promise.race([answer, late, ended]);
  clearTimeout(timer);
  child.stderr?.off('data', listen);
  await Promise.allSettled([answer, ended, Promise.resolve(listening.abort())]);
  return verdict;
}

/** Told to end, it takes the servers along that its tests left behind; killed, it ends in the midst of a hash too. */
async function end(child: ChildProcess, how: 'told' | 'killed'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (how === 'killed') child.kill('SIGKILL');
  else child.disconnect();
  await ended;
}

/** One process that tries one change after the other, until one of them ends it or does not end. */
function openBench(worker: string, folder: string): Workbench {
  let child: ChildProcess | undefined;
  let tries = 0;

  async function renew(how: 'told' | 'killed' = 'told'): Promise<void> {
    if (child !== undefined) await end(child, how);
    child = undefined;
    tries = 0;
  }
  async function tryOnce(job: Job): Promise<Verdict> {
    // What a test left behind may have ended it since.
    if (tries >= TRIES_PER_PROCESS) await renew();
    tries += 1;
    if (child?.connected !== true) child = start(worker, folder);
    const verdict = await ask(child, job);
    if (verdict.is === 'timed-out' || verdict.is === 'ended') await renew('killed');
    return verdict;
  }
  return {
    async tryOut(job) {
      const verdict = await tryOnce(job);
      return verdict.is === 'ended' ? tryOnce(job) : verdict;
    },
    renew,
    close: renew,
  };
}

/** Runs unit tests on changed sources that are nowhere but in its memory. */
export function openCoreBench(): Workbench {
  return openBench('core-worker.ts', ROOT);
}

/** A copy of the project in the temporary folder, and a Redis and a PostgreSQL as the tests have them. */
export async function openGuardBench(): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'express-mfa-mutation-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await Promise.all([startSharedRedis(), startSharedPostgres()]);
  const bench = openBench('guard-worker.ts', folder);
  return {
    ...bench,
    async tryOut(job) {
      const verdict = await bench.tryOut(job);
      // The process may have ended before it could.
      writeFileSync(join(folder, job.file), job.original);
      return verdict;
    },
    async close() {
      await bench.close();
      await Promise.all([stopSharedRedis(), stopSharedPostgres()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
