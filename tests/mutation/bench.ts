import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Verdict } from './worker';

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

/** Longer than any of the tests takes: what does not end is caught too. */
const LONGEST_MS = 240_000;

export type Fate = Verdict['is'] | 'timed-out';

export interface Outcome {
  readonly fate: Fate;
  readonly because: string;
}

/** A copy of the project in the temporary folder and a process that tries changes on it. */
export interface Workbench {
  tryOut(file: string, text: string, tests: readonly string[]): Promise<Outcome>;
  close(): void;
}

export function openWorkbench(): Workbench {
  const folder = mkdtempSync(join(tmpdir(), 'express-mfa-mutation-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  let child: ChildProcess | undefined;

  const start = () =>
    fork(join(__dirname, 'worker.ts'), {
      cwd: folder,
      execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });

  return {
    async tryOut(file, text, tests) {
      const original = readFileSync(join(ROOT, file), 'utf8');
      child ??= start();
      const worker = child;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'timed-out'>((resolve) => {
        timer = setTimeout(() => resolve('timed-out'), LONGEST_MS);
      });
      const ended = once(worker, 'exit').then(() => 'ended' as const);
      const answer = once(worker, 'message').then(([verdict]) => verdict as Verdict);
      worker.send({ file, original, text, tests });
      const fate = await Promise.race([answer, late, ended]);
      clearTimeout(timer);
      if (fate !== 'timed-out' && fate !== 'ended') return { fate: fate.is, because: fate.because ?? '' };
      worker.kill('SIGKILL');
      child = undefined;
      writeFileSync(join(folder, file), original);
      // A test that ends its process has failed.
      return fate === 'ended' ? { fate: 'killed', because: 'The process ended.' } : { fate, because: '' };
    },
    close() {
      child?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
