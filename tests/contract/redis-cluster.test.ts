import { Cluster } from 'ioredis';
import { redisRecords, redisState } from '../../src/redis';
import { connectRedis } from '../support/redis-client';
import { startRedisServer, type RedisServer } from '../support/redis-server';
import { describeRecordStore } from './record-store';
import { describeSessionStore } from './session-store';
import { describeStateStore } from './state-store';

/** Two nodes with half of the slots each. */
async function startCluster(): Promise<{
  readonly nodes: readonly RedisServer[];
  readonly cluster: Cluster;
}> {
  const extraArguments = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all([1, 2].map(() => startRedisServer({ extraArguments })));
  const clients = nodes.map(({ url }) => connectRedis(url));
  const [first, second] = clients;
  await first?.cluster('ADDSLOTSRANGE', 0, 8191);
  await second?.cluster('ADDSLOTSRANGE', 8192, 16_383);
  await first?.cluster('MEET', '127.0.0.1', nodes[1]?.port ?? 0);
  for (const client of clients) {
    let info = '';
    while (!info.includes('cluster_state:ok') || !info.includes('cluster_known_nodes:2')) {
      info = await client.cluster('INFO');
    }
    client.disconnect();
  }
  const cluster = new Cluster(nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  cluster.on('error', () => undefined);
  return { nodes, cluster };
}

describe('stores in a Redis Cluster', () => {
  let started: Awaited<ReturnType<typeof startCluster>>;
  let stores: {
    readonly records: ReturnType<typeof redisRecords>;
    readonly state: ReturnType<typeof redisState>;
  };
  beforeAll(async () => {
    started = await startCluster();
    // The nodes are few and the machine may be busy: what is tested here is where the keys are.
    const options = { timeoutMs: 30_000 };
    stores = { records: redisRecords(started.cluster, options), state: redisState(started.cluster, options) };
  });
  afterAll(async () => {
    started.cluster.disconnect();
    await Promise.all(started.nodes.map((node) => node.stop()));
  });

  describe('records', () => {
    describeRecordStore(() => stores.records);
  });
  describe('state', () => {
    describeStateStore(() => stores.state);
    describeSessionStore(() => stores.state);
  });

  it('looks at the settings of every node', async () => {
    expect(await stores.records.findWeaknesses()).toEqual([]);
    const [node] = started.cluster.nodes('master');
    await node?.config('SET', 'appendonly', 'no');
    expect(await stores.records.findWeaknesses()).toEqual([expect.stringContaining('`appendonly` is `no`')]);
  });

  it('uses both nodes', async () => {
    const sizes = await Promise.all(started.cluster.nodes('master').map((node) => node.dbsize()));
    expect(Math.min(...sizes)).toBeGreaterThan(10);
  });
});
