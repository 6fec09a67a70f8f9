import type { RequestListener } from 'node:http';
import { createExampleApp, type ExampleApp, type ExampleAppOptions } from '../../example-app/app';
import { newestCode as codeInOutbox } from '../../src/testing/codes';
import { createClock, type SettableClock } from './clock';
import { startLoopbackServer } from './loopback-server';

export { DEMO_PASSWORD } from '../../example-app/accounts';

export interface RunningExampleApp extends ExampleApp {
  readonly url: string;
  readonly clock: SettableClock;
  stop(): Promise<void>;
}

export const EXAMPLE_KEY = 'BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g=';

type Options = Partial<Omit<ExampleAppOptions, 'clock'>> & {
  readonly clock?: SettableClock;
  /** Reached by a name, as passkeys need, and not by the address of the loopback. */
  readonly byName?: boolean;
};

/** The example app on a free port, with a clock that stands still until the test moves it. */
export async function startExampleApp({
  byName = false,
  ...options
}: Options = {}): Promise<RunningExampleApp> {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = await startLoopbackServer((request, response) => listener(request, response));
  const url = byName ? `http://localhost:${server.port}` : server.url;
  const clock = options.clock ?? createClock();
  const example = await createExampleApp({ baseUrl: url, keys: [EXAMPLE_KEY], ...options, clock });
  listener = example.app;
  return {
    ...example,
    url,
    clock,
    async stop() {
      await server.close();
      await example.close();
    },
  };
}

/** The six digits in the newest message to an address, in the outbox of the app. */
export function newestCode({ outbox }: Pick<ExampleApp, 'outbox'>, to: string): string {
  return codeInOutbox(outbox ?? { messages: [] }, to);
}
