import { redisRecords } from '../support/records';
import type { Cluster } from 'ioredis';
import { redisState } from '../../src/redis';
import {
  startRedisCluster,
  untilCopied,
  type ClusterMember,
  type RedisCluster,
} from '../support/redis-cluster';
import { until } from '../support/until';
import { NOW, aChallenge, aPendingLogin, aSession, acceptTimeStep, anAuthenticator, newId } from './samples';

// A cluster changes while it is used: slots move between nodes, and replicas take the place of masters.

let started: RedisCluster;
let cluster: Cluster;
let stores: ReturnType<typeof openStores>;

function openStores(timeoutMs: number) {
  return { records: redisRecords(cluster, { timeoutMs }), state: redisState(cluster, { timeoutMs }) };
}

beforeAll(async () => {
  started = await startRedisCluster({ withReplicas: true });
  cluster = started.connect();
  stores = openStores(20_000);
});
afterAll(async () => {
  cluster.disconnect();
  await started.stop();
});

const memberKey = (userId: string) => `mfa:{user:${userId}}:documents`;

/** Everything that one-time things rest on, for one user; each answers as on a cluster that does not change. */
async function useEverything(userId: string): Promise<void> {
  const { records, state } = stores;
  const authenticator = anAuthenticator({ id: newId() });
  await records.addAuthenticator(userId, authenticator);
  const epoch = await records.establishUserEpoch(userId, newId());
  expect(await records.establishUserEpoch(userId, newId())).toBe(epoch);
  const step = { userId, authenticatorId: authenticator.id, timeStep: 7, now: NOW };
  const accepted = await Promise.all([1, 2, 3].map(() => acceptTimeStep(records, step)));
  expect(accepted.filter((isFirst) => isFirst)).toHaveLength(1);
  await records.replaceRecoveryCodes(userId, [{ number: 1, codeHash: 'hash' }], NOW);
  const used = await Promise.all(
    [1, 2, 3].map(() => records.consumeRecoveryCode(userId, { number: 1, codeHash: 'hash' })),
  );
  expect(used.filter((isFirst) => isFirst)).toHaveLength(1);
  const pending = aPendingLogin({ userId });
  await state.createPendingLogin(pending);
  const challenge = aChallenge({ userId, ownerId: pending.id });
  await state.issueChallenge(challenge, { now: NOW, underPendingLogin: true });
  const attempts = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => state.spendAttempt(challenge, 5)));
  expect(attempts.filter(({ outcome }) => outcome === 'spent')).toHaveLength(5);
  const consumed = await Promise.all([1, 2, 3].map(() => state.consumeChallenge(challenge, challenge.id)));
  expect(consumed.filter((isFirst) => isFirst)).toHaveLength(1);
  const session = aSession();
  await state.registerSession(userId, session, { now: NOW, replaces: pending.id });
  expect(await state.findPendingLogin(userId, pending.id)).toBeUndefined();
  expect(await state.findSession(userId, session.handle)).toMatchObject({ handle: session.handle });
  const { authenticators } = await records.findMember(userId, 'acme');
  expect(authenticators).toContainEqual({
    ...authenticator,
    state: { format: 1, lastAcceptedStep: 7 },
    lastUsedAt: NOW,
  });
  expect(await records.removeAuthenticator(userId, authenticator.id)).toBe('removed');
}

/** A slot that moves from one master to another, one key after the other. */
async function beginMove(slot: number, from: ClusterMember, to: ClusterMember) {
  await to.client.cluster('SETSLOT', slot, 'IMPORTING', from.id);
  await from.client.cluster('SETSLOT', slot, 'MIGRATING', to.id);
  return {
    async moveSome(count: number): Promise<number> {
      const keys = await from.client.cluster('GETKEYSINSLOT', slot, count);
      for (const key of keys) await from.client.migrate('127.0.0.1', to.server.port, key, 0, 5000);
      return keys.length;
    },
    async finish(): Promise<void> {
      while ((await this.moveSome(10)) > 0);
      for (const { client } of [to, from, ...started.masters])
        await client.cluster('SETSLOT', slot, 'NODE', to.id);
    },
  };
}

describe('while a slot moves', () => {
  it('every one-time thing stays one-time, and nothing is lost', async () => {
    const userId = newId();
    const from = await started.masterOf(memberKey(userId));
    const to = started.masters.find((master) => master !== from) ?? from;
    const slot = await from.client.cluster('KEYSLOT', memberKey(userId));
    const kept = anAuthenticator({ id: newId() });
    await stores.records.addAuthenticator(userId, kept);
    await stores.records.replaceRecoveryCodes(userId, [{ number: 4, codeHash: 'four' }], NOW);
    const epoch = await stores.records.establishUserEpoch(userId, newId());
    const move = await beginMove(slot, from, to);
    expect((await stores.records.findMember(userId, 'acme')).epoch).toBe(epoch);
    await move.moveSome(1);
    // The two keys of this user are on different nodes now: a script on both waits until they are together.
    const wholeUse = useEverything(newId());
    const accepting = [1, 2, 3].map(() =>
      acceptTimeStep(stores.records, { userId, authenticatorId: kept.id, timeStep: 9, now: NOW }),
    );
    const consuming = [1, 2, 3].map(() =>
      stores.records.consumeRecoveryCode(userId, { number: 4, codeHash: 'four' }),
    );
    await move.finish();
    expect((await Promise.all(accepting)).filter((isFirst) => isFirst)).toHaveLength(1);
    expect((await Promise.all(consuming)).filter((isFirst) => isFirst)).toHaveLength(1);
    await wholeUse;
    expect(await stores.records.findMember(userId, 'acme')).toMatchObject({
      epoch,
      authenticators: [{ id: kept.id, state: { lastAcceptedStep: 9 } }],
      recoveryCodesLeft: 0,
    });
    await useEverything(userId);
    expect(await to.client.exists(memberKey(userId))).toBe(1);
  });
});

describe('when a master is gone', () => {
  it('its replica takes over: calls are refused in a bounded time until then, and what was copied is there', async () => {
    const userId = newId();
    const master = await started.masterOf(memberKey(userId));
    const authenticator = anAuthenticator({ id: newId() });
    await stores.records.addAuthenticator(userId, authenticator);
    const epoch = await stores.records.establishUserEpoch(userId, newId());
    await acceptTimeStep(stores.records, {
      userId,
      authenticatorId: authenticator.id,
      timeStep: 5,
      now: NOW,
    });
    await untilCopied(master.client);
    await master.server.crash();
    const bounded = openStores(300);
    const refused = await bounded.records.findMember(userId, 'acme').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'store-unavailable' });
    await until(async () => (await bounded.records.findMember(userId, 'acme')).epoch === epoch);
    const again = { userId, authenticatorId: authenticator.id, timeStep: 5, now: NOW };
    expect(await acceptTimeStep(stores.records, again)).toBe(false);
    expect(await acceptTimeStep(stores.records, { ...again, timeStep: 6 })).toBe(true);
    await useEverything(newId());
  });
});
