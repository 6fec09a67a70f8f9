import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../support/until';

export interface AppInput {
  /** Null: in the memory of the process. */
  readonly redisUrl: string | null;
  /** Where the records are, if not in Redis. */
  readonly postgresUrl: string | null;
  /** Takes the emails that are sent. */
  readonly mailboxUrl: string;
  readonly people: readonly string[];
}

export interface AppMessage {
  readonly port: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
}

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** The server processes of one app. */
export interface Fleet {
  readonly size: number;
  /** Null where no answer came. */
  send(process: number, request: HttpRequest): Promise<HttpAnswer | null>;
  /** Resolves when every process answers and reaches its stores. */
  untilHealthy(): Promise<void>;
  pause(process: number): void;
  resume(process: number): void;
  kill(process: number): Promise<void>;
  start(process: number): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

export async function startFleet(
  input: AppInput,
  { size, clock }: { readonly size: number; readonly clock: { now(): number } },
): Promise<Fleet> {
  async function run(): Promise<Running> {
    const child = fork(join(__dirname, 'app.ts'), [JSON.stringify(input)], {
      cwd: join(__dirname, '..', '..'),
      execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error('A server process ended before it listened.');
    });
    const [message] = await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return { child, port: (message as AppMessage).port };
  }

  const processes = await startAll();

  async function startAll(): Promise<Running[]> {
    const started = await Promise.allSettled(Array.from({ length: size }, run));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed === undefined)
      return started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const one of started) if (one.status === 'fulfilled') one.value.child.kill('SIGKILL');
    throw failed.reason;
  }

  function running(index: number): Running {
    const found = processes[index];
    if (found === undefined) throw new RangeError(`There is no process ${index}.`);
    return found;
  }

  async function send(
    index: number,
    { method, path, headers, body }: HttpRequest,
  ): Promise<HttpAnswer | null> {
    try {
      const response = await fetch(`http://127.0.0.1:${running(index).port}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-clock': String(clock.now()),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text.startsWith('{') ? (JSON.parse(text) as HttpAnswer['body']) : {},
        cookies: response.headers.getSetCookie(),
      };
    } catch {
      return null;
    }
  }

  async function kill(index: number): Promise<void> {
    const { child } = running(index);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  return {
    size,
    send,
    async untilHealthy() {
      await Promise.all(
        processes.map((_, index) =>
          until(async () => {
            const answer = await send(index, { method: 'POST', path: '/host/health', body: {} });
            return answer?.status === 200;
          }),
        ),
      );
    },
    pause: (index) => void running(index).child.kill('SIGSTOP'),
    resume: (index) => void running(index).child.kill('SIGCONT'),
    kill,
    async start(index) {
      processes[index] = await run();
    },
    async stop() {
      await Promise.all(processes.map((_, index) => kill(index)));
    },
  };
}
