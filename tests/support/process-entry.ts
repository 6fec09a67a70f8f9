import { once } from 'node:events';
import { makeScryptCheap } from './cheap-scrypt';
import type { PrepareInProcess, ProcessMessage } from './processes';

// The other end of runInProcesses: says when it is ready, waits for the start, hands back the result.

const say = (message: ProcessMessage): void => void process.send?.(message);

async function main(): Promise<void> {
  makeScryptCheap();
  const [path, index, input] = process.argv.slice(2);
  const module = require(path ?? '') as { default: PrepareInProcess<unknown, unknown> };
  const work = await module.default(JSON.parse(input ?? 'null'), Number(index));
  const start = once(process, 'message');
  say({ is: 'ready' });
  await start;
  say({ is: 'done', result: await work() });
}

main().catch((error: unknown) => {
  say({ is: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
});
