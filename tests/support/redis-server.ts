import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './programs';
import { findFreePort } from './free-port';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
  /** Kills the process as a crash does; what was written is still in the folder. */
  crash(): Promise<void>;
  /** Starts again on the same port and folder. */
  restart(): Promise<void>;
}

interface RedisServerOptions {
  /** `noeviction` and an append-only file by default, as the record store demands. */
  readonly appendOnly?: boolean;
  readonly evictionPolicy?: string;
  readonly extraArguments?: readonly string[];
}

async function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    for (const output of [child.stdout, child.stderr]) {
      output?.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('Ready to accept connections')) resolve();
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code ?? 'a signal'}:\n${log}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** A private redis-server on a free port of the loopback, with its data in a temporary folder. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const program = findProgram('redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'express-mfa-redis-'));
  const port = await findFreePort();

  async function start(): Promise<ChildProcess> {
    const settings = {
      port: String(port),
      bind: '127.0.0.1',
      dir: folder,
      databases: '64',
      save: '',
      appendonly: (options.appendOnly ?? true) ? 'yes' : 'no',
      appendfsync: 'always',
      'maxmemory-policy': options.evictionPolicy ?? 'noeviction',
    };
    const settingArguments = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const started = spawn(program, [...settingArguments, ...(options.extraArguments ?? [])], {
      // Not inherited: a server that outlives its test would keep the run's output open.
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await untilReady(started);
    return started;
  }

  let child = await start();
  const killWithUs = () => void child.kill('SIGKILL');
  process.once('exit', killWithUs);

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid;
    },
    async stop() {
      process.off('exit', killWithUs);
      // Nobody reads the folder again, and Redis puts an orderly end off while it writes its first append-only file.
      await end(child, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
    async crash() {
      await end(child, 'SIGKILL');
    },
    async restart() {
      await end(child, 'SIGTERM');
      child = await start();
    },
  };
}
