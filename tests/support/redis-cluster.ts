import { Cluster } from 'ioredis';
import type { ClusterNode, Redis } from 'ioredis';
import { connectRedis } from './redis-client';
import { startRedisServer, type RedisServer } from './redis-server';
import { until } from './until';
import { findFreePort } from './free-port';

export interface ClusterMember {
  readonly server: RedisServer;
  readonly id: string;
  /** Speaks to this node alone. */
  readonly client: Redis;
}

export interface RedisCluster {
  readonly masters: readonly ClusterMember[];
  /** One for each master, in the same order, where they were asked for. */
  readonly replicas: readonly ClusterMember[];
  connect(): Cluster;
  /** The master that held the slot of a key at the start. */
  masterOf(key: string): Promise<ClusterMember>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;

async function startMember(): Promise<ClusterMember & { readonly busPort: number }> {
  // The usual bus port is 10000 above the other, which is no port at all for a high one.
  const busPort = await findFreePort();
  const settings = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '1000',
    '--cluster-port',
    `${busPort}`,
  ];
  const extraArguments = [...settings, '--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
  const server = await startRedisServer({ extraArguments });
  const client = connectRedis(server.url);
  return { server, client, busPort, id: await client.cluster('MYID') };
}

/** Masters with equal shares of the slots, on free ports of the loopback, ready to be used. */
export async function startRedisCluster({
  masterCount = 3,
  withReplicas = false,
}: { readonly masterCount?: number; readonly withReplicas?: boolean } = {}): Promise<RedisCluster> {
  const count = withReplicas ? 2 * masterCount : masterCount;
  const members = await Promise.all(Array.from({ length: count }, startMember));
  const [first] = members;
  const masters = members.slice(0, masterCount);
  const replicas = members.slice(masterCount);
  const startOf = (index: number) => Math.floor((SLOTS / masterCount) * index);
  await Promise.all(
    masters.map(({ client }, index) =>
      client.cluster('ADDSLOTSRANGE', startOf(index), startOf(index + 1) - 1),
    ),
  );
  await Promise.all(
    members
      .slice(1)
      .map(
        ({ server, busPort }) =>
          first?.client.cluster('MEET', '127.0.0.1', server.port, busPort) ?? Promise.resolve(),
      ),
  );
  await untilAllKnow(members, count);
  await Promise.all(
    replicas.map(({ client }, index) => client.cluster('REPLICATE', masters[index]?.id ?? '')),
  );
  await Promise.all(replicas.map(({ client }) => untilInStep(client)));
  await untilAllKnow(members, count);

  return {
    masters,
    replicas,
    connect() {
      const nodes: ClusterNode[] = members.map(({ server }) => ({ host: '127.0.0.1', port: server.port }));
      const cluster = new Cluster(nodes);
      // Without a listener ioredis prints every lost connection; the command that suffered still rejects.
      cluster.on('error', () => undefined);
      return cluster;
    },
    async masterOf(key) {
      const sessionData = Number(await first?.client.cluster('KEYSLOT', key));
      const index = masters.findIndex((_, at) => sessionData >= startOf(at) && sessionData < startOf(at + 1));
      const master = masters[index];
      if (master === undefined) throw new Error(`No master holds slot ${sessionData}.`);
      return master;
    },
    async stop() {
      for (const { client } of members) if (client.status !== 'end') client.disconnect();
      await Promise.all(members.map(({ server }) => server.crash().then(() => server.stop())));
    },
  };
}

async function untilAllKnow(members: readonly ClusterMember[], count: number): Promise<void> {
  await Promise.all(
    members.map(({ client }) =>
      until(async () => {
        const info = await client.cluster('INFO');
        return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${count}`);
      }),
    ),
  );
}

/** Resolves when this replica has copied its master. */
export async function untilInStep(replica: Redis): Promise<void> {
  await until(async () => (await replica.info('replication')).includes('master_link_status:up'));
}

/** Resolves when a replica holds everything that this master was told before. WAIT would only wait for what the asking client wrote. */
export async function untilCopied(master: Redis): Promise<void> {
  const offsetNow = async () => /master_repl_offset:(\d+)/.exec(await master.info('replication'))?.[1];
  const wanted = Number(await offsetNow());
  await until(async () => {
    const copied = /slave0:.*offset=(\d+)/.exec(await master.info('replication'))?.[1];
    return Number(copied) >= wanted;
  });
}
