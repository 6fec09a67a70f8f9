import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The default export of a module that `runInProcesses` runs: makes ready (connects, loads) and returns what to
 * do when every process is ready.
 */
export type PrepareInProcess<Input, Result> = (input: Input, index: number) => Promise<() => Promise<Result>>;

interface Run<Input> {
  /** Absolute path of a TypeScript module. */
  readonly module: string;
  readonly count: number;
  /** Given to each process; JSON. */
  readonly input: Input;
}

export type ProcessMessage =
  | { readonly is: 'ready' }
  | { readonly is: 'done'; readonly result: unknown }
  | { readonly is: 'failed'; readonly reason: string };

function nextMessage(child: ChildProcess): Promise<Exclude<ProcessMessage, { is: 'failed' }>> {
  return new Promise((resolve, reject) => {
    const stop = (code: number | null) => reject(new Error(`The process ended with ${code ?? 'a signal'}.`));
    child.once('exit', stop);
    child.once('message', (message: ProcessMessage) => {
      child.off('exit', stop);
      if (message.is === 'failed') reject(new Error(message.reason));
      else resolve(message);
    });
  });
}

/** Runs a module in several processes that start their work at the same moment. Results come in process order. */
export async function runInProcesses<Result, Input = unknown>(run: Run<Input>): Promise<Result[]> {
  const children = Array.from({ length: run.count }, (_, index) =>
    fork(join(__dirname, 'process-entry.ts'), [run.module, String(index), JSON.stringify(run.input)], {
      cwd: join(__dirname, '..', '..'),
      execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
    }),
  );
  try {
    await Promise.all(children.map(nextMessage));
    const results = children.map(nextMessage);
    for (const child of children) child.send('go');
    return (await Promise.all(results)).map((message) => {
      if (message.is !== 'done') throw new Error(`A process said ${message.is} instead of done.`);
      return message.result as Result;
    });
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}
