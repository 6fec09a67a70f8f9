import { once } from 'node:events';
import { makeScryptCheap } from './cheap-scrypt';
import type { PrepareInProcess, ProcessMessage } from './processes';

// The other end of startProcesses: takes an input, says when it is ready, waits for the start, hands back the result.

const say = (message: ProcessMessage): void => void process.send?.(message);

async function main(): Promise<void> {
  makeScryptCheap();
  const [path, index] = process.argv.slice(2);
  const module = require(path ?? '') as { default: PrepareInProcess<unknown, unknown> };
  const asked = async (answer: ProcessMessage): Promise<unknown> => {
    const message = once(process, 'message');
    say(answer);
    return (await message)[0];
  };
  let answer: ProcessMessage = { is: 'ready' };
  for (;;) {
    const { input } = (await asked(answer)) as { readonly input: unknown };
    const work = await module.default(input, Number(index));
    await asked({ is: 'ready' });
    answer = { is: 'done', result: await work() };
  }
}

main().catch((error: unknown) => {
  say({ is: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
});
