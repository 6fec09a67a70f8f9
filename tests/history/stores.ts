import { execFileSync } from 'node:child_process';
import { Pool } from 'pg';
import { postgresRecords } from '../../src/postgres';
import { startPostgresServer } from '../support/postgres-server';
import { connectRedis } from '../support/redis-client';
import { untilInStep } from '../support/redis-cluster';
import { startRedisProxy } from '../support/redis-proxy';
import { startRedisServer, type RedisServer } from '../support/redis-server';
import type { AppInput } from './fleet';

export type StoreKind = 'memory' | 'redis' | 'postgres';

/** What can happen to a store while it is used. */
export interface StoreFault {
  readonly name: string;
  /** Whether it may lose what was acknowledged. */
  readonly losesWrites: boolean;
  /** A call may wait until it ends. */
  readonly leavesNoAnswer?: true;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
}

export interface StoreUnderTest {
  readonly urls: Pick<AppInput, 'redisUrl' | 'postgresUrl'>;
  readonly faults: readonly StoreFault[];
  stop(): Promise<void>;
}

export interface StoreSettings {
  /** `min-replicas-to-write` of Redis: it refuses writes while fewer replicas follow. */
  readonly minReplicas: number;
}

export async function openStore(kind: StoreKind, settings: StoreSettings): Promise<StoreUnderTest> {
  if (kind === 'memory')
    return { urls: { redisUrl: null, postgresUrl: null }, faults: [], stop: async () => undefined };
  if (kind === 'redis') return openRedis(settings);
  return openPostgres();
}

function signal(pids: readonly (number | undefined)[], name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) if (pid !== undefined) process.kill(pid, name);
}

function faultsOf(store: string, server: RedisServer, pidsOf: () => readonly (number | undefined)[]) {
  let paused: readonly (number | undefined)[] = [];
  return [
    {
      name: `${store} paused`,
      losesWrites: false,
      begin() {
        paused = pidsOf();
        signal(paused, 'SIGSTOP');
      },
      end: () => signal(paused, 'SIGCONT'),
    },
    {
      name: `${store} killed`,
      losesWrites: false,
      begin: () => server.crash(),
      end: () => server.restart(),
    },
  ] satisfies StoreFault[];
}

/** The server and what it started, one process for each connection. */
function familyOf(pid: number | undefined): readonly (number | undefined)[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const children = list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child);
  return [pid, ...children];
}

async function openPostgres(): Promise<StoreUnderTest> {
  const [redis, postgres] = await Promise.all([startRedisServer(), startPostgresServer()]);
  const postgresUrl = `${postgres.url}/postgres`;
  const pool = new Pool({ connectionString: postgresUrl });
  await postgresRecords(pool, { timeoutMs: 30_000 }).migrate();
  await pool.end();
  return {
    urls: { redisUrl: redis.url, postgresUrl },
    faults: [
      ...faultsOf('PostgreSQL', postgres, () => familyOf(postgres.pid)),
      ...faultsOf('Redis', redis, () => [redis.pid]),
    ],
    async stop() {
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}

async function command(server: RedisServer, ...words: readonly [string, ...string[]]): Promise<void> {
  const client = connectRedis(server.url);
  const [name, ...rest] = words;
  await client.call(name, ...rest);
  client.disconnect();
}

async function follow(replica: RedisServer, master: RedisServer): Promise<void> {
  await command(replica, 'REPLICAOF', '127.0.0.1', String(master.port));
  const client = connectRedis(replica.url);
  await untilInStep(client);
  client.disconnect();
}

/** A master and a replica, behind one address that leads to the master. */
async function openRedis({ minReplicas }: StoreSettings): Promise<StoreUnderTest> {
  const extraArguments = ['--min-replicas-to-write', String(minReplicas), '--repl-diskless-sync-delay', '0'];
  const start = () => startRedisServer({ extraArguments });
  let [master, replica] = await Promise.all([start(), start()]);
  await follow(replica, master);
  const proxy = await startRedisProxy(master.url);

  /** The replica takes the place of the master, which died, and the old master follows it. */
  async function failOver(): Promise<void> {
    await command(replica, 'REPLICAOF', 'NO', 'ONE');
    [master, replica] = [replica, master];
    proxy.leadTo(master.url);
    await replica.restart();
    await follow(replica, master);
  }

  const current: RedisServer = {
    get url() {
      return master.url;
    },
    get port() {
      return master.port;
    },
    get pid() {
      return master.pid;
    },
    stop: () => master.stop(),
    crash: () => master.crash(),
    async restart() {
      await master.restart();
      // What is confirmed from here on is lost only by a failover that says so.
      await follow(replica, master);
    },
  };
  const faults: readonly StoreFault[] = [
    ...faultsOf('Redis', current, () => [master.pid]),
    {
      name: 'Redis failed over to a replica in step',
      losesWrites: true,
      begin: () => master.crash(),
      end: failOver,
    },
    {
      name: 'Redis failed over to a replica that was cut off',
      losesWrites: true,
      // Nothing listens there: the replica keeps what it has and gets no more.
      begin: () => command(replica, 'REPLICAOF', '127.0.0.1', '1'),
      async end() {
        await master.crash();
        await failOver();
      },
    },
  ];
  return {
    urls: { redisUrl: proxy.url, postgresUrl: null },
    faults: faults.map((fault) => ({
      ...fault,
      begin() {
        // The proxy keeps what passed, which nobody reads here.
        proxy.reset();
        return fault.begin();
      },
    })),
    async stop() {
      await proxy.stop();
      await Promise.all([master.stop(), replica.stop()]);
    },
  };
}
