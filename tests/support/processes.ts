import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The default export of a module that processes run: makes ready (connects, loads) and returns what to do when every
 * process is ready.
 */
export type PrepareInProcess<Input, Result> = (input: Input, index: number) => Promise<() => Promise<Result>>;

/** Processes that have loaded one module. They run it as often as they are asked to, since loading takes seconds. */
export interface Processes<Input, Result> {
  /** Runs the module in all of them, from the same moment on. Results come in process order. */
  run(input: Input): Promise<Result[]>;
  stop(): void;
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

/** Starts processes that run the TypeScript module at this absolute path. What they are given and answer is JSON. */
export async function startProcesses<Input, Result>(
  module: string,
  count: number,
): Promise<Processes<Input, Result>> {
  const children = Array.from({ length: count }, (_, index) =>
    fork(join(__dirname, 'process-entry.ts'), [module, String(index)], {
      cwd: join(__dirname, '..', '..'),
      execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
    }),
  );
  const ask = (message: Readonly<Record<string, unknown>>) => {
    const answers = Promise.all(children.map(nextMessage));
    for (const child of children) child.send(message);
    return answers;
  };
  await Promise.all(children.map(nextMessage));
  return {
    async run(input) {
      await ask({ input });
      return (await ask({ go: true })).map((message) => {
        if (message.is !== 'done') throw new Error(`A process said ${message.is} instead of done.`);
        return message.result as Result;
      });
    },
    stop() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
