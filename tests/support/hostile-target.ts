import { redisStores } from './records';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Redis } from 'ioredis';
import { createExampleApp } from '../../example-app/app';

import { createClock } from './clock';
import { startLoopbackServer } from './loopback-server';
import { EXAMPLE_KEY } from './example-app';

// The example app in a process of its own, which tells how much memory it holds.

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export interface TargetState {
  readonly pid: number;
  /** After a collection of everything that nobody holds. */
  readonly heapBytes: number;
  /** What the app could not answer a request with. */
  readonly errors: readonly string[];
}

async function start(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  const errors: string[] = [];
  const onError = (error: unknown) => void errors.push(String(error));
  let listener: (...args: never[]) => void = () => undefined;
  const server = await startLoopbackServer((request, response) =>
    Reflect.apply(listener, undefined, [request, response]),
  );
  const { app } = await createExampleApp({
    baseUrl: server.url,
    keys: [EXAMPLE_KEY],
    clock: createClock(),
    onError,
    ...redisStores(redis, { timeoutMs: 20_000 }),
  });
  listener = app;
  process.on('message', () => {
    collectGarbage();
    const state: TargetState = { pid: process.pid, heapBytes: process.memoryUsage().heapUsed, errors };
    process.send?.(state);
  });
  process.send?.(server.url);
}

void start(process.argv[2] ?? '');
