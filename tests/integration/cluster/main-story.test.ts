import { redisRecords } from '../../support/records';
import type { Cluster, Redis } from 'ioredis';
import { redisState } from '../../../src/redis';
import { createClock } from '../../support/clock';
import { enrollApp, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { startRedisCluster, untilCopied, type RedisCluster } from '../../support/redis-cluster';
import { startSentinelGroup, type SentinelGroup } from '../../support/redis-sentinel';
import { totpCode } from '../../support/totp';
import { until } from '../../support/until';

/** A portal whose sessions, records and state are all in this Redis. */
function openPortal(client: Redis | Cluster, clock: Portal['clock'], timeoutMs: number): Portal {
  const options = { timeoutMs };
  const portal = createPortal({
    clock,
    records: redisRecords(client, options),
    state: redisState(client, options),
  });
  return { ...portal, clock };
}

/** Password, code, guarded page, step-up; then every session of the user and of the organization ended. */
async function signInAndOut(portal: Portal, secret: string): Promise<void> {
  const { clock, mfa } = portal;
  const signIn = async () => {
    clock.advance(30_000);
    const ada = visit(portal);
    expect((await ada.logIn('ada')).body).toMatchObject({ outcome: 'challenge' });
    expect((await ada.getJson('/')).status).toBe(401);
    const answer = await ada.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(answer.body).toMatchObject({ outcome: 'signed-in' });
    expect((await ada.getJson('/')).status).toBe(200);
    return ada;
  };
  const [first, second] = [await signIn(), await signIn()];
  const replay = visit(portal);
  await replay.logIn('ada');
  const refused = await replay.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
  expect(refused.body).toMatchObject({ because: 'code-used' });
  await mfa.sessionsOf('ada').endAll();
  expect((await first.getJson('/')).body).toMatchObject({ outcome: 'sign-in' });
  expect((await second.getJson('/')).body).toMatchObject({ outcome: 'sign-in' });
  const third = await signIn();
  await mfa.policies.endAllSessions('acme');
  expect((await third.getJson('/')).body).toMatchObject({ outcome: 'sign-in' });
}

describe('the main story on a Redis Cluster', () => {
  let cluster: RedisCluster;
  let client: Cluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ withReplicas: true });
    client = cluster.connect();
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.stop();
  });

  it('goes on when the master that holds the person is gone', async () => {
    const portal = openPortal(client, createClock(), 20_000);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret, member } = await enrollApp(portal, 'ada');
    await signInAndOut(portal, secret);
    await portal.mfa.settled();
    const master = await cluster.masterOf('mfa:{user:ada}:member');
    await untilCopied(master.client);
    await master.server.crash();
    // While nobody holds the records, nobody is let in.
    const impatient = openPortal(client, portal.clock, 200);
    const refused = await visit(impatient).logIn('ada');
    expect(refused.status).toBe(503);
    expect((await member.getJson('/')).status).not.toBe(200);
    await until(async () => (await visit(impatient).logIn('ada')).status === 200);
    await signInAndOut(portal, secret);
    await portal.mfa.close();
    await impatient.mfa.close();
  });
});

describe('the main story behind Sentinel', () => {
  let group: SentinelGroup;
  let client: Redis;
  beforeAll(async () => {
    group = await startSentinelGroup();
    client = group.connect({ maxRetriesPerRequest: null, sentinelRetryStrategy: () => 50 });
  });
  afterAll(async () => {
    client.disconnect();
    await group.stop();
  });

  it('goes on when the master is gone', async () => {
    const portal = openPortal(client, createClock(), 20_000);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await enrollApp(portal, 'ada');
    await signInAndOut(portal, secret);
    await portal.mfa.settled();
    await group.untilCopied();
    await group.master.crash();
    const impatient = openPortal(client, portal.clock, 200);
    expect((await visit(impatient).logIn('ada')).status).toBe(503);
    await until(async () => (await visit(impatient).logIn('ada')).status === 200);
    await signInAndOut(portal, secret);
    await portal.mfa.close();
    await impatient.mfa.close();
  });
});
