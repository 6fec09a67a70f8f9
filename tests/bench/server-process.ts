import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** A server under measurement, in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** Microseconds of CPU that all its threads have used. */
  cpuMicroseconds(): number;
  /** The longest that its event loop stood still since this was last asked. */
  longestStallMs(): Promise<number>;
  /** Bytes that it uses: of the whole process, and of what it still refers to after a collection (`--expose-gc`). */
  memory(): Promise<{ readonly resident: number; readonly live: number }>;
  /** Lets it record so many events a second from now on. */
  recordEvents(perSecond: number): Promise<void>;
  stop(): Promise<void>;
}

const hasTaskset = ((): boolean => {
  try {
    execFileSync('taskset', ['-p', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Puts a process on one core, where the machine can: the servers on the first, Redis and the load on the second. */
export function pin(pid: number | undefined, core: 0 | 1): void {
  if (!hasTaskset || pid === undefined) return;
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
  } catch {
    // A machine with one core.
  }
}

export function cpuMicrosecondsOf(pid: number | undefined): number {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // A thread that ended meanwhile.
    }
  }
  return nanoseconds / 1000;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export async function startServer(
  file: string,
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly nodeArguments?: readonly string[];
    /** Off where the server is to hash on every core. */
    readonly pinned?: boolean;
  },
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), file], {
    cwd: options.cwd,
    env: { ...process.env, NODE_ENV: 'production', ...options.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const failed = once(child, 'exit').then(() => {
    throw new Error(`${file} ended before it listened.`);
  });
  const [message] = await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => undefined);
  const { port } = message as { readonly port: number };
  if (options.pinned !== false) pin(child.pid, 0);
  async function ask(question: object): Promise<unknown> {
    const answered = once(child, 'message');
    child.send(question);
    const [answer] = await answered;
    return answer;
  }
  return {
    port,
    cpuMicroseconds: () => cpuMicrosecondsOf(child.pid),
    longestStallMs: async () => ((await ask({ about: 'stall' })) as { readonly stallMs: number }).stallMs,
    memory: async () =>
      (await ask({ about: 'memory' })) as { readonly resident: number; readonly live: number },
    async recordEvents(perSecond) {
      await ask({ about: 'events', perSecond });
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
