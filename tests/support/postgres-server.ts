import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from './programs';
import { findFreePort } from './free-port';

export interface PostgresServer {
  /** Without the name of a database. */
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
  /** Kills the process, and with it every connection, as a crash does. */
  crash(): Promise<void>;
  /** Starts again on the same port and folder. */
  restart(): Promise<void>;
}

/** PostgreSQL refuses to run as root: there it runs as the user that its package makes. */
function ownUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code ?? 'a signal'}:\n${log}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** A private PostgreSQL on a free port of the loopback, with its data in a temporary folder. */
export async function startPostgresServer(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const postgres = findProgram('postgres');
  const folder = await mkdtemp(join(tmpdir(), 'express-mfa-postgres-'));
  const user = ownUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const as = user === undefined ? {} : user;
  const data = join(folder, 'data');
  const initdb = join(dirname(postgres), 'initdb');
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(initdb, options, { cwd: folder, stdio: 'ignore', ...as });
  const port = await findFreePort();

  async function start(): Promise<ChildProcess> {
    const given = {
      port: String(port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: folder,
      max_connections: '200',
      shared_buffers: '64MB',
      ...settings,
    };
    const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // Not inherited: a server that outlives its test would keep the run's output open.
    const started = spawn(postgres, ['-D', data, ...flags], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...as,
    });
    await untilReady(started);
    return started;
  }

  let child = await start();
  const killWithUs = () => void child.kill('SIGQUIT');
  process.once('exit', killWithUs);

  return {
    url: `postgres://postgres@127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid;
    },
    async stop() {
      process.off('exit', killWithUs);
      await end(child, 'SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
    async crash() {
      await end(child, 'SIGKILL');
    },
    async restart() {
      await end(child, 'SIGINT');
      child = await start();
    },
  };
}
