import { redisRecords } from '../support/records';
import type { Cluster } from 'ioredis';
import { redisState } from '../../src/redis';
import { startRedisCluster, type RedisCluster } from '../support/redis-cluster';
import { recordStoreContract, stateStoreContract } from '../../src/testing';
import { describeRules } from './record-rules';
import { describeSessionStore } from './session-store';

const FRAMEWORK = { describe, it, beforeEach, expect };

describe('stores in a Redis Cluster', () => {
  let started: RedisCluster;
  let cluster: Cluster;
  let stores: {
    readonly store: ReturnType<typeof redisRecords>;
    readonly records: ReturnType<typeof redisRecords>;
    readonly state: ReturnType<typeof redisState>;
  };
  beforeAll(async () => {
    started = await startRedisCluster();
    cluster = started.connect();
    // The nodes are few and the machine may be busy: what is tested here is where the keys are.
    const options = { timeoutMs: 30_000 };
    stores = {
      store: redisRecords(cluster, { prefix: 'contract', ...options }),
      records: redisRecords(cluster, options),
      state: redisState(cluster, options),
    };
  });
  afterAll(async () => {
    cluster.disconnect();
    await started.stop();
  });

  describe('records', () => {
    recordStoreContract(FRAMEWORK, () => stores.store);
    describeRules(() => stores.records);
  });
  describe('state', () => {
    stateStoreContract(FRAMEWORK, () => stores.state);
    describeSessionStore(() => stores.state);
  });

  it('looks at the settings of every node', async () => {
    expect(await stores.records.findWeaknesses()).toEqual([]);
    const [node] = cluster.nodes('master');
    await node?.config('SET', 'appendonly', 'no');
    expect(await stores.records.findWeaknesses()).toEqual([expect.stringContaining('`appendonly` is `no`')]);
  });

  it('uses every node', async () => {
    const sizes = await Promise.all(cluster.nodes('master').map((node) => node.dbsize()));
    expect(Math.min(...sizes)).toBeGreaterThan(10);
  });
});
