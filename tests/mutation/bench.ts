import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const ROOT = join(__dirname, '..', '..');
const COPIED = [
  'src',
  'tests',
  'views',
  'example-app',
  'jest.config.ts',
  'tsconfig.json',
  'package.json',
  'README.md',
];

/** Far longer than any of the tests takes: what does not end is caught too, and named apart. */
const LONGEST_MS = 600_000;

export interface Job {
  readonly file: string;
  readonly original: string;
  readonly text: string;
  readonly tests: readonly string[];
}

export interface Verdict {
  /** `broken`: no test failed, but the run did not end well either, which says nothing about the change. */
  readonly is: 'killed' | 'survived' | 'nothing-ran' | 'broken' | 'timed-out';
  /** The tests that failed, or what broke. */
  readonly because: string;
}

export interface Workbench {
  tryOut(job: Job): Promise<Verdict>;
  close(): Promise<void>;
}

function start(worker: string, folder: string): ChildProcess {
  return fork(join(__dirname, worker), {
    cwd: folder,
    execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

async function ask(child: ChildProcess, job: Job): Promise<Verdict> {
  let said = '';
  const listen = (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000));
  child.stderr?.on('data', listen);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve({ is: 'timed-out', because: 'It did not end.' }), LONGEST_MS);
  });
  const listening = new AbortController();
  const { signal } = listening;
  const answer = once(child, 'message', { signal }).then(([verdict]) => verdict as Verdict);
  const ended = once(child, 'exit', { signal }).then(([code]): Verdict => ({
    is: 'broken',
    because: `The process ended with ${String(code)}: ${said}`,
  }));
  child.send(job);
  const verdict = await Promise.race([answer, late, ended]);
  clearTimeout(timer);
  child.stderr?.off('data', listen);
  await Promise.allSettled([answer, ended, Promise.resolve(listening.abort())]);
  return verdict;
}

/** Its process ends by itself when nobody listens, and with it the servers that its tests left behind. */
async function end(child: ChildProcess, verdict?: Verdict): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (verdict?.is === 'timed-out') child.kill('SIGKILL');
  else child.disconnect();
  await ended;
}

/** One process that runs unit tests on changed sources which are nowhere but in its memory. */
export function openCoreBench(): Workbench {
  let child: ChildProcess | undefined;
  return {
    async tryOut(job) {
      child ??= start('core-worker.ts', ROOT);
      const verdict = await ask(child, job);
      if (verdict.is === 'timed-out' || verdict.is === 'broken') {
        await end(child, verdict);
        child = undefined;
      }
      return verdict;
    },
    async close() {
      if (child !== undefined) await end(child);
    },
  };
}

/**
 * A copy of the project in the temporary folder, and a new process for each change: what a failed test leaves open,
 * such as a client that looks for a Redis which is gone, could end a later run.
 */
export function openGuardBench(): Workbench {
  const folder = mkdtempSync(join(tmpdir(), 'express-mfa-mutation-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    async tryOut(job) {
      const child = start('guard-worker.ts', folder);
      const verdict = await ask(child, job);
      await end(child, verdict);
      return verdict;
    },
    async close() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
