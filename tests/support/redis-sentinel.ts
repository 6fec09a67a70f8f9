import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { findProgram } from './programs';
import { connectRedis } from './redis-client';
import { untilCopied, untilInStep } from './redis-cluster';
import { startRedisServer, type RedisServer } from './redis-server';
import { until } from './until';
import { findFreePort } from './free-port';

export interface SentinelGroup {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** A client that asks the sentinels where the master is. */
  connect(options?: Omit<RedisOptions, 'replyMapping'>): Redis;
  /** Resolves when the replica holds everything that was written to the master so far. */
  untilCopied(): Promise<void>;
  stop(): Promise<void>;
}

const NAME = 'portal';

async function startSentinel(masterPort: number): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'express-mfa-sentinel-'));
  const port = await findFreePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 5000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(findProgram('redis-server'), [file, '--sentinel'], {
    // Not inherited: a server that outlives its test would keep the run's output open.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  let log = '';
  await new Promise<void>((resolve, reject) => {
    for (const output of [child.stdout, child.stderr]) {
      output.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('+monitor')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`The sentinel ended:\n${log}`)));
  });
  return {
    port,
    async stop() {
      process.off('exit', kill);
      const ended = once(child, 'exit');
      kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A master, a replica and three sentinels on free ports of the loopback. */
export async function startSentinelGroup(): Promise<SentinelGroup> {
  const master = await startRedisServer();
  const replica = await startRedisServer({
    extraArguments: ['--replicaof', '127.0.0.1', String(master.port)],
  });
  const [toMaster, toReplica] = [connectRedis(master.url), connectRedis(replica.url)];
  await toMaster.config('SET', 'repl-diskless-sync-delay', '0');
  await untilInStep(toReplica);
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(master.port)));
  const clients = sentinels.map(({ port }) => connectRedis(`redis://127.0.0.1:${port}`));
  await Promise.all(
    clients.map((client) =>
      until(async () => {
        const [replicas, others] = await Promise.all([
          client.call('sentinel', 'replicas', NAME),
          client.call('sentinel', 'sentinels', NAME),
        ]);
        return (
          Array.isArray(replicas) && replicas.length === 1 && Array.isArray(others) && others.length === 2
        );
      }),
    ),
  );
  for (const client of clients) client.disconnect();
  return {
    master,
    replica,
    connect(options = {}) {
      const client = new Redis({
        sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
        name: NAME,
        ...options,
      });
      client.on('error', () => undefined);
      return client;
    },
    untilCopied: () => untilCopied(toMaster),
    async stop() {
      if (toMaster.status !== 'end') toMaster.disconnect();
      toReplica.disconnect();
      await Promise.all(sentinels.map((sentinel) => sentinel.stop()));
      await Promise.all([master, replica].map((server) => server.crash().then(() => server.stop())));
    },
  };
}
